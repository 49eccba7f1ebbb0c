/// What a reader of JSON must take, must not take, or decides about, in the manner of the public test suites.
struct JSONSuite: Sendable {
    /// One input.
    struct Case: Sendable, CustomStringConvertible {
        let name: String
        let bytes: [UInt8]
        /// What it becomes; nil: it is refused.
        let canonical: String?
        /// Why Foundation decides otherwise, and why Lockstep does not follow; nil: it decides alike.
        var difference: String?

        var description: String { name }
    }

    private(set) var cases: [Case] = []

    /// A text that is taken as the value of a member, and what it becomes there; nil: it is canonical already.
    mutating func take(_ text: String, as canonical: String? = nil, unlikeFoundation difference: String? = nil) {
        add(text, Array(#"{"a":\#(text)}"#.utf8), #"{"a":\#(canonical ?? text)}"#, difference)
    }

    /// An object that is taken.
    mutating func take(object text: String, as canonical: String? = nil, unlikeFoundation difference: String? = nil) {
        add(text, Array(text.utf8), canonical ?? text, difference)
    }

    /// A text that is refused as the value of a member.
    mutating func refuse(_ text: String, unlikeFoundation difference: String? = nil) {
        add(text, Array(#"{"a":\#(text)}"#.utf8), nil, difference)
    }

    /// A text that is refused as a whole.
    mutating func refuse(whole text: String, unlikeFoundation difference: String? = nil) {
        add(text, Array(text.utf8), nil, difference)
    }

    /// Bytes that are refused as a string's content.
    mutating func refuse(inString bytes: [UInt8], _ name: String, unlikeFoundation difference: String? = nil) {
        add(name, Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8), nil, difference)
    }

    /// Bytes that are refused as a whole.
    mutating func refuse(bytes: [UInt8], _ name: String, unlikeFoundation difference: String? = nil) {
        add(name, bytes, nil, difference)
    }

    private mutating func add(_ name: String, _ bytes: [UInt8], _ canonical: String?, _ difference: String?) {
        // A name for people: a long text says what it is by its beginning.
        let name = "\(name.prefix(40).debugDescription), \(bytes.count) bytes"
        cases.append(Case(name: name, bytes: bytes, canonical: canonical, difference: difference))
    }
}

extension JSONSuite {
    /// The whole suite.
    static let all: [Case] = {
        var suite = JSONSuite()
        suite.addValues()
        suite.addNumbers()
        suite.addStrings()
        suite.addObjects()
        suite.addEncodings()
        suite.addDepth()
        return suite.cases
    }()

    private mutating func addValues() {
        for text in ["[]", "[[]]", "[\"\"]", "[\"a\"]", "[false]", "[null]", "true", "false", "null", "\"\"", "{}"] {
            take(text)
        }
        take("[null, 1, \"1\", {}]", as: #"[null,1,"1",{}]"#)
        take("[1\n,\r\t2 ]", as: "[1,2]")
        for text in [
            "[1 true]", "[a\u{E9}]", "[\"\": 1]", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"x\"", "[x", "[3[4]]",
            "[1:2]", "[,", "[-", "[   , \"\"]", "[1,", "[\"a", "[*]", "[1]x", "[][]", "]",
            "tru", "fals", "nul", "True", "NULL", "truefalse", "undefined", "a", "<null>", "/**/1", "1//", "#1", "",
            "\u{0C}1", "\u{A0}1", "\u{2060}1", "1\u{0B}", "&", "@", "\\u0031", "\\n1", "\u{E9}", "'a'", "`a`", "\u{0}1",
        ] {
            refuse(text)
        }
    }

    private mutating func addNumbers() {
        for text in [
            "0", "-0", "0e1", "0e+1", "-0.0", "20e1", "123e65", "1E22", "1E-2", "1E+2", "123.456e78", "1e-2", "0.5",
            "123.456789", "-1", "-123", "1.000000000000000005", "12345678901234567890", "-9223372036854775809",
            "18446744073709551616", "1e308", "1.7976931348623157e308", "5e-324",
            "-0." + String(repeating: "0", count: 80) + "1", String(repeating: "7", count: 300),
        ] {
            take(text)
        }
        take("1e-400", )
        take(" 4 ", as: "4")
        for text in [
            "++1", "+1", "+Inf", "-01", "-1.0.", "-2.", "-NaN", ".-1", ".2e-3", "0.1.2", "0.3e+", "0.3e", "0.e1", "0e+",
            "0e", "0E", "1.0e+", "1.0e-", "1.0e", "1 000", "1eE2", "2.e+3", "2.e3", "9.e+", "Inf", "NaN", "-", "-x",
            "-Infinity", "-foo", "- 1", "-012", "-.123", "1ea", "1e1.5", "1.8011670033376514H-308", "0x1", "0x42", "01",
            "00", "1+2", "1_000", "1,5e", "\u{FF11}", "\u{661}", "1e", "Infinity", "1f", "1d", "0b1", "0o7", "1.a",
            "1-",
        ] {
            refuse(text)
        }
        // Outside a double's range (RFC 7493, section 2.2).
        for text in ["1e400", "-1e9999", "1.5e+9999", "0.4e00669999999999999999999999999", "123123e100000"] {
            refuse(text)
        }
        refuse(String(repeating: "9", count: 400))
    }

    private mutating func addStrings() {
        take(#""\u0060\u012a\u12AB""#, as: "\"`\u{12A}\u{12AB}\"")
        take(#""\uD801\udc37""#, as: "\"\u{10437}\"")
        take(#""\ud83d\ude39\ud83d\udc8d""#, as: "\"\u{1F639}\u{1F48D}\"")
        take(#""\"\\\/\b\f\n\r\t""#, as: #""\"\\/\b\f\n\r\t""#)
        take(#""\\u0000""#)
        take(#""\\a""#)
        take(#""\u0012\u001F""#, as: #""\u0012\u001f""#)
        take(#""\u0000""#)
        take(#""\uFFFF\uFFFE\uFDD0\uDBFF\uDFFE""#, as: Self.quoted([0xFFFF, 0xFFFE, 0xFDD0, 0x10FFFE]))
        take(Self.quoted([0x10FFFF, 0x1FFFF, 0xFFFF]))
        take(#""\u002c\u0022\u005c\u007f""#, as: "\",\\\"\\\\\u{7F}\"")
        take("\"\u{7F}\u{80}\u{A0}\u{200B}\u{2028}\u{2029}\u{FEFF}\u{2064}\u{1B1}\u{3C0}\"")
        take(#""a/*b*/c//d#e""#)
        take("\"e\u{301}\u{E9}\"")
        for text in [
            #""\uD800""#, #""\uDFAA""#, #""\uD800\n""#, #""\uD800\uD800\n""#, #""\uD800\u""#, #""\uD800\u1""#,
            #""\uD800\u1x""#, #""\uDd1e\uD834""#, #""\uD834\x""#, #""\uD888\u1234""#, #""\uDADA\""#, #""\ud83d\ud83d""#,
            #""\udc00\udc00""#,
        ] {
            refuse(text)
        }
        for text in [
            #""\x00""#, #""\\\""#, "\"\\\u{9}\"", "\"\\\u{1F300}\"", #""\""#, #""\u00A""#, #""\a""#, #""\uqqqq""#,
            #""\'""#,
            #""\v""#, #""\0""#, #""\U0041""#, #""\u{41}""#, #""\u 041""#, #""\u+041""#, #""\u-041""#, #""\u０041""#,
            "\"\\",
            "\"a\u{0}a\"", "\"new\nline\"", "\"\t\"", "\"\u{1F}\"", "\"\r\"", "\"", "\"a", #""a" "b""#, "\"\\\n\"",
        ] {
            refuse(text)
        }
    }

    /// A string of characters, among them such as Swift's own literals must not name.
    private static func quoted(_ scalars: [UInt32]) -> String {
        "\"" + String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init))) + "\""
    }

    private mutating func addObjects() {
        take(object: #"{"asd":"sdf", "dfg":"fgh"}"#, as: #"{"asd":"sdf","dfg":"fgh"}"#)
        take(object: #"{"":0}"#)
        take(object: #"{"foo\u0000bar":42}"#)
        take(object: #" {"min": -1.0e+28, "max": 1.0e+28} "#, as: #"{"max":1.0e+28,"min":-1.0e+28}"#)
        take(object: "\t\n\r {}\t\n\r ", as: "{}")
        take(object: #"{"x":[{"id":"\#(String(repeating: "x", count: 5_000))"}]}"#)
        take(object: "{\"e\u{301}\":1,\"\u{E9}\":2}", )
        take(object: #"{"a":{"b":{"a":1}}}"#)
        take(object: #"{"A":1,"a":2}"#)
        take(object: #"{"\ud83d\ude00":1,"\uffff":2}"#, as: "{\(Self.quoted([0xFFFF])):2,\"\u{1F600}\":1}")
        let twice = "a name twice (RFC 7493, section 2.3): readers would disagree about which one counts"
        refuse(whole: #"{"a":"b","a":"c"}"#, unlikeFoundation: twice)
        refuse(whole: #"{"a":"b","a":"b"}"#, unlikeFoundation: twice)
        refuse(whole: #"{"a":1,"\u0061":2}"#, unlikeFoundation: twice)
        refuse(whole: #"{"x":{"a":1,"a":2}}"#, unlikeFoundation: twice)
        refuse(whole: #"{"x":[{"":1,"":2}]}"#, unlikeFoundation: twice)
        for text in [
            #"{"x", null}"#, #"{"x"::"b"}"#, #"{"a":"a" 123}"#, "{key: 'value'}", #"{"a" b}"#, #"{:"b"}"#,
            #"{"a" "b"}"#,
            #"{"a":"#, #"{"a"#, "{1:1}", "{9999E9999:1}", "{null:null,null:null}", #"{"id":0,,,,,}"#, "{'a':0}",
            #"{"a":"b"}/**/"#, #"{"a":"b"}//"#, #"{"a":"b"}/"#, #"{"a":"b",,"c":"d"}"#, #"{a: "b"}"#,
            #"{"a":"a"#, #"{ "foo" : "bar", "a" }"#, #"{"a":"b"}#"#, #"{"a":"b"}#{}"#, "{}}", "{}{}", "{} {}", "{},",
            "{[",
            #"{"a":1]"#, "{\"a\":1", "{,\"a\":1}", "{[]:1}", "{{}:1}", "{\"a\":1;\"b\":2}", "{\"a\"=1}", "(a:1)",
            "{\"a\",1}",
            "{\"a\":1}\u{0}", "\u{0}{}", "{}\u{1A}", "{\"\n\":1}", "", " ", "{", "}", "{]", "\u{2060}{}", "{\u{C}}",
        ] {
            refuse(whole: text)
        }
        let comma = "a comma before the end, which the grammar does not have (RFC 8259, sections 4 and 5)"
        for text in [#"{"id":0,}"#, #"{"a":[1,]}"#, #"{"a":[""],}"#] { refuse(whole: text, unlikeFoundation: comma) }
        let fragment = "JSON, but no object: an event's data has named fields"
        for text in ["[]", "[{}]"] { refuse(whole: text, unlikeFoundation: fragment) }
        for text in ["1", "\"a\"", "null", "true", "nil", "\"{}\""] { refuse(whole: text) }
    }

    private mutating func addEncodings() {
        let broken: [(String, [UInt8])] = [
            ("a lone continuation byte", [0x81]), ("a byte that is never there", [0xFF]), ("0xFE", [0xFE]),
            ("an overlong slash of two bytes", [0xC0, 0xAF]), ("an overlong NUL", [0xC0, 0x80]),
            ("an overlong slash of three bytes", [0xE0, 0x80, 0xAF]),
            ("an overlong slash of four bytes", [0xF0, 0x80, 0x80, 0xAF]),
            ("an overlong slash of six bytes", [0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF]),
            ("a surrogate half", [0xED, 0xA0, 0x80]), ("a surrogate pair", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
            ("past U+10FFFF", [0xF4, 0xBF, 0xBF, 0xBF]), ("a cut sequence", [0xE0, 0xFF]), ("cut at the end", [0xC3]),
            ("Latin-1", [0xE9]), ("cut before an escape", [0xE2, 0x82, 0x5C, 0x6E]),
            ("an escape of a byte that is not UTF-8", [0x5C, 0xE5]),
            ("a cut sequence after an escape", [0x5C, 0x75, 0xE5]),
        ]
        for (name, bytes) in broken { refuse(inString: bytes, name) }
        refuse(bytes: Array(#"{"\#u{E9}":1}"#.utf8).map { $0 == 0xC3 ? 0xE9 : $0 }, "a name that is not UTF-8")
        refuse(bytes: [0x7B, 0xE9, 0x7D], "a byte of Latin-1 between tokens")
        let mark =
            "a byte order mark, which nobody may add (RFC 8259, section 8.1) and readers may ignore: Lockstep "
            + "knows just one text for the same bytes"
        refuse(bytes: [0xEF, 0xBB, 0xBF] + Array("{}".utf8), "a byte order mark", unlikeFoundation: mark)
        refuse(bytes: [0xEF, 0xBB] + Array("{}".utf8), "half a byte order mark")
        let sixteen = "UTF-16 or UTF-32, which RFC 8259 (section 8.1) no longer allows between systems"
        let wide = Array(#"{"a":1}"#.utf16)
        refuse(bytes: wide.flatMap { [0, UInt8($0)] }, "UTF-16, big-endian", unlikeFoundation: sixteen)
        refuse(bytes: wide.flatMap { [UInt8($0), 0] }, "UTF-16, little-endian", unlikeFoundation: sixteen)
        refuse(
            bytes: [0xFE, 0xFF] + wide.flatMap { [0, UInt8($0)] }, "UTF-16 and its mark", unlikeFoundation: sixteen)
        refuse(bytes: wide.flatMap { [UInt8($0), 0, 0, 0] }, "UTF-32, little-endian", unlikeFoundation: sixteen)
    }

    private mutating func addDepth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        take(nested(127))
        take((0..<127).reduce("1") { text, _ in #"{"a":\#(text)}"# })
        let deep = "deeper than 128 levels: Foundation's own limit is another one, and RFC 8259 (section 9) allows any"
        refuse(nested(129), unlikeFoundation: deep)
        refuse(nested(500), unlikeFoundation: deep)
        refuse(nested(10_000))
        refuse(nested(100_000))
        refuse(String(repeating: "[", count: 100_000))
        refuse(whole: String(repeating: #"{"a":"#, count: 100_000))
        refuse(whole: String(repeating: "[", count: 100_000))
    }
}
