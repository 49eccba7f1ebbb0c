import FoundationEssentials
public import Lockstep

/// What `lockstep.yaml` has below an office, as a JSON object: as it was given, references like `${SECRET}` and all.
public struct SubscriptionSettings: Sendable, Hashable {
    /// The keys and their values.
    public private(set) var object: JSONObject

    /// Settings without any key; an office needs at least `events`.
    public init() { object = JSONObject() }

    /// Reads YAML, of which JSON is a part; what its keys mean is looked at later.
    ///
    /// - Parameter source: What problems name it, like `subscription.yaml`.
    public init(parsing text: String, source: String) throws(ConfigurationError) {
        // Escapes of JSON's that YAML's reader does not know are gone in the canonical text.
        let text = (try? JSONText(parsing: text).text) ?? text
        guard let setting = try SettingDocument.parse(text, file: source) else {
            object = JSONObject()
            return
        }
        guard case .mapping = setting.content, let object = try? JSONObject(parsing: setting.json.text) else {
            throw ConfigurationError(problems: [
                ConfigurationProblem(
                    source: source, line: setting.place.line, column: setting.place.column,
                    message: "settings are a block of keys, each of them once, as lockstep.yaml has it below an office")
            ])
        }
        self.object = object
    }

    /// What the store has.
    init(stored text: String) {
        // Whoever wrote something else into the file finds it without keys.
        object = (try? JSONObject(parsing: text)) ?? JSONObject()
    }

    /// One key; nil takes it out.
    public subscript(key: String) -> JSONText? {
        get { object[key] }
        set { object[key] = newValue }
    }

    /// One key of the block below another one.
    public subscript(block: String, key: String) -> JSONText? {
        get { object[block].flatMap { try? JSONObject(parsing: $0.text) }?[key] }
        set {
            var inner = object[block].flatMap { try? JSONObject(parsing: $0.text) } ?? JSONObject()
            inner[key] = newValue
            object[block] = (try? JSONText(parsing: inner.text)) ?? .null
        }
    }

    /// What the settings mean for an office.
    ///
    /// - Parameters:
    ///   - mayBePrivate: ``HubConfiguration/privateAddresses``.
    ///   - files: Which files they may name.
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    func subscription(
        of office: OfficeName, source: String, directory: URL, variables: [String: String], mayBePrivate: Bool = false,
        files: NamedFiles = .all
    ) throws(ConfigurationError) -> Subscription {
        var reader = SettingReader(file: source, directory: directory, variables: variables, isStored: true)
        reader.storedMayBePrivate = mayBePrivate
        reader.files = files
        let place = Setting.Place(line: 1, column: 1)
        let setting =
            try SettingDocument.parse(object.text, file: source)
            ?? Setting(name: office.text, place: place, content: .nothing)
        let subscription = reader.office(Setting.Entry(key: office.text, keyPlace: place, value: setting))
        // The text that is read is one line that nobody has seen: a place in it says nothing.
        guard reader.problems.isEmpty, let subscription else {
            throw ConfigurationError(
                problems: reader.problems.map { ConfigurationProblem(source: source, message: $0.message) })
        }
        return subscription
    }

    /// The settings for people: secrets that are not only references are masked, and of a URL what may hold one.
    public var shown: JSONObject { JSONObject(object.fields.map { ($0.name, Self.masked($0.value, under: $0.name)) }) }

    private static func masked(_ value: JSONText, under key: String) -> JSONText {
        if key == "secret" || key == "secrets" {
            if let elements = value.elements { return JSONText(list: elements.map { masked($0, under: key) }) }
            let text = value.displayText
            return text.hasPrefix("${") && text.hasSuffix("}") ? value : "********"
        }
        if key == "url", let url = value.stringValue {
            let place = Callback(url: url).place
            // Nobody takes it for an address that can be asked: it is not ASCII.
            return url == place || url == place + "/" ? value : JSONText(string: place + "/…")
        }
        guard let inner = try? JSONObject(parsing: value.text) else { return value }
        let fields = inner.fields.map { ($0.name, masked($0.value, under: $0.name)) }
        return (try? JSONText(parsing: JSONObject(fields).text)) ?? value
    }
}

extension JSONText {
    /// A list of strings.
    public init(strings: [String]) { self.init(list: strings.map { JSONText(string: $0) }) }

    /// A list of these values.
    init(list: [JSONText]) {
        let text = "[" + list.map(\.text).joined(separator: ",") + "]"
        guard let list = try? JSONText(parsing: text) else {
            preconditionFailure("values with commas between them are a list")
        }
        self = list
    }
}

extension Setting {
    /// The setting as JSON; what can be a number or a truth value is one, and is read back as the same text.
    fileprivate var json: JSONText {
        switch content {
        case .nothing: return .null
        case .text("true"): return true
        case .text("false"): return false
        case .text(let text):
            if let number = Int(text), String(number) == text { return JSONText(integerLiteral: number) }
            return JSONText(string: text)
        case .list(let items): return JSONText(list: items.map(\.json))
        case .mapping(let entries):
            let members = entries.map { "\(JSONText(string: $0.key).text):\($0.value.json.text)" }
            // A key that stands twice is no JSON; the caller sees null where a block was.
            return (try? JSONText(parsing: "{" + members.joined(separator: ",") + "}")) ?? .null
        }
    }
}
