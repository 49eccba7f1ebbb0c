import Yams

/// Reads YAML into settings.
enum SettingDocument {
    /// More values than any configuration has: aliases of aliases can make billions of a few lines.
    private static let mostSettings = 100_000

    /// The whole file as one setting; nil: it is empty.
    ///
    /// - Throws: ``ConfigurationError`` with the first place that is no YAML.
    static func parse(_ text: String, file: String) throws(ConfigurationError) -> Setting? {
        do {
            guard let root = try Yams.compose(yaml: text) else { return nil }
            var budget = mostSettings
            guard let setting = setting(of: root, name: "the file", &budget) else {
                throw ConfigurationError(problems: [
                    ConfigurationProblem(
                        source: file,
                        message: "more than \(mostSettings) values; aliases ('*name') have multiplied them"
                    )
                ])
            }
            return setting
        } catch let error as YamlError {
            throw ConfigurationError(problems: [YAMLMistake.problem(error, in: text, file: file)])
        } catch let error as ConfigurationError {
            throw error
        } catch {
            preconditionFailure("the YAML parser throws no other error than its own: \(type(of: error))")
        }
    }

    private static func setting(of node: Node, name: String, _ budget: inout Int) -> Setting? {
        budget -= 1
        guard budget > 0 else { return nil }
        let place = Setting.Place(node.mark)
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return Setting(name: name, place: place, content: isNothing ? .nothing : .text(scalar.string))
        case .sequence(let sequence):
            var items: [Setting] = []
            for item in sequence {
                guard let item = setting(of: item, name: name, &budget) else { return nil }
                items.append(item)
            }
            return Setting(name: name, place: place, content: .list(items))
        case .mapping(let mapping):
            var entries: [Setting.Entry] = []
            for (key, value) in mapping {
                // A key that is itself a list or a block has no name; the reader refuses it as unknown.
                let text = key.scalar?.string ?? ""
                guard let value = setting(of: value, name: text, &budget) else { return nil }
                entries.append(Setting.Entry(key: text, keyPlace: Setting.Place(key.mark), value: value))
            }
            return Setting(name: name, place: place, content: .mapping(entries))
        case .alias:
            preconditionFailure("the YAML parser puts the anchored value in an alias's place")
        }
    }
}

extension Setting.Place {
    fileprivate init(_ mark: Mark?) {
        self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}
