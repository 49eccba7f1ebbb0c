import Lockstep

/// The keys of one mapping of an office's `calendar`.
enum CalendarKey: String, SettingKey {
    case match, title, what, `where`, starts, ends, status, timezone, booking

    static let templates: [CalendarKey] = [.title, .what, .where, .starts, .ends, .status]
}

extension SettingReader {
    /// Reads `calendar`: a list of mappings.
    mutating func calendar(_ setting: Setting) -> [CalendarMapping]? {
        list(setting, like: "- match: \"permit.*\"") { $0.calendarMapping($1) }
    }

    private mutating func calendarMapping(_ setting: Setting) -> CalendarMapping? {
        guard let section = section(setting, CalendarKey.self) else { return nil }
        for key in [CalendarKey.match, .title] where section[key] == nil {
            let example = key == .match ? "match: \"permit.*\"" : "title: \"{FIELD}\""
            report("this calendar entry has no '\(key.rawValue)'; give it one, like \(example)", at: section.place)
        }
        let match = section[.match].flatMap { value($0, TopicPattern.init) }
        var templates: [CalendarKey: Template] = [:]
        for key in CalendarKey.templates {
            if let setting = section[key], let template = value(setting, Template.init) { templates[key] = template }
        }
        let timeZone = read(section[.timezone], or: .some(nil)) { $0.timeZone($1) }
        let booking = read(section[.booking], or: .some(nil)) { $0.booking($1, in: section) }
        guard let match, let title = templates[.title], let timeZone, let booking else { return nil }
        return CalendarMapping(
            match: match,
            title: title,
            what: templates[.what],
            place: templates[.where],
            starts: templates[.starts],
            ends: templates[.ends],
            status: templates[.status],
            timeZone: timeZone,
            booking: booking
        )
    }
}
