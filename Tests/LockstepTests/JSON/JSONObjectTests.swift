import Lockstep
import Testing

struct JSONObjectTests {
    @Test(arguments: [
        (#"{}"#, #"{}"#),
        (#" { "b" : 1 , "a" : [ 1 , 2 ] } "#, #"{"a":[1,2],"b":1}"#),
        (#"{"a":{"y":1,"x":{"b":2,"a":1}}}"#, #"{"a":{"x":{"a":1,"b":2},"y":1}}"#),
        (#"{"a":"\u00e9\/\ud83d\ude00\t"}"#, #"{"a":"é/😀\t"}"#),
        (#"{"a":"\u0000\u001f\"\\"}"#, #"{"a":"\u0000\u001f\"\\"}"#),
        (#"{"\u0061":true,"b":null,"c":false}"#, #"{"a":true,"b":null,"c":false}"#),
        (
            #"{"a":-0,"b":1.50,"c":1E+2,"d":12345678901234567890}"#,
            #"{"a":-0,"b":1.50,"c":1E+2,"d":12345678901234567890}"#
        ),
    ])
    func whatIsTheSameBecomesTheSameBytes(_ text: String, _ canonical: String) throws {
        #expect(try JSONObject(parsing: text).text == canonical)
    }

    @Test(arguments: [
        "", " ", "[]", "1", "null", "{", "}", "{}{}", "{} x", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,}"#, #"{a:1}"#,
        #"{'a':1}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":1e}"#, #"{"a":--1}"#, #"{"a":NaN}"#,
        #"{"a":Infinity}"#, #"{"a":tru}"#, #"{"a":nul"#, #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\"#,
        #"{"a":"\ud800"}"#, #"{"a":"\ude00\ud800"}"#, #"{"a":"\ud800\u0041"}"#, "{\"a\":\"\n\"}", #"{"a":[1,]}"#,
        #"{"a":[1 2]}"#, #"{"a":1e400}"#, #"{"a":-1e999999999999}"#, #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#,
        #"{"a":{"b":1,"b":2}}"#, "\u{FEFF}{}", #"{"a":１}"#,
    ])
    func whatIsNotOneObjectIsRefused(_ text: String) {
        #expect(throws: LockstepError.self) { try JSONObject(parsing: text) }
    }

    @Test func brokenUTF8IsRefused() {
        #expect(throws: LockstepError.self) {
            try JSONObject(parsing: Array(#"{"a":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8))
        }
        #expect(throws: LockstepError.self) {
            try JSONObject(parsing: [0x7B, 0x22, 0xC0, 0x80, 0x22, 0x3A, 0x31, 0x7D])
        }
    }

    @Test(arguments: ["[", #"{"a":"#])
    func tenThousandLevelsAreRefusedWithoutHarm(_ opening: String) {
        let deep = #"{"a":"# + String(repeating: opening, count: 10_000)
        #expect(throws: LockstepError.self) { try JSONObject(parsing: deep) }
    }

    @Test func aNumberOfAThousandDigitsIsRefused() {
        #expect(throws: LockstepError.self) {
            try JSONObject(parsing: #"{"a":\#(String(repeating: "9", count: 1000))}"#)
        }
    }

    @Test func errorsNameThePlaceAndHoldNoPayload() throws {
        let error = #expect(throws: LockstepError.self) { try JSONObject(parsing: #"{"secret":"hunter2",}"#) }
        #expect(error?.message.contains("byte 20") == true)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test func composedAndDecomposedNamesAreDifferentFields() throws {
        let object = try JSONObject(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(object.fields.count == 2)
    }

    @Test func fieldsAreSetFoundAndRemoved() {
        var object: JSONObject = ["b": "2", "a": 1]
        object["c"] = true
        object["b"] = nil
        #expect(object.text == #"{"a":1,"c":true}"#)
        #expect(object["a"]?.displayText == "1")
        #expect(object["x"] == nil)
    }

    @Test func stringsShowTheirContent() throws {
        #expect(try JSONObject(parsing: #"{"a":"x\n\"y\""}"#)["a"]?.stringValue == "x\n\"y\"")
    }
}
