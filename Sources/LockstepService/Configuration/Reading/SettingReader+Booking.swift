import FoundationEssentials
import Lockstep

/// The keys of a mapping's `booking`.
enum BookingKey: String, SettingKey {
    case resource, cancelled
}

extension SettingReader {
    /// Reads a name of the machine's time zone database.
    mutating func timeZone(_ setting: Setting) -> TimeZoneRules?? {
        guard let name = text(setting) else { return nil }
        do throws(LockstepError) {
            return try TimeZoneRules(named: name)
        } catch {
            let hint = Self.timeZone(like: name).map { "; did you mean '\($0)'?" } ?? ""
            report("\(shown(setting)) is \(error.message)\(hint)", at: setting.place)
            return nil
        }
    }

    /// Only where a name is wrong: a system has some hundreds of them.
    private static func timeZone(like name: String) -> String? {
        let names = try? FileManager.default.subpathsOfDirectory(atPath: TimeZoneRules.systemDirectory)
        let known = (names ?? []).filter { $0.first?.isUppercase == true }
        return NearestName.of(name, among: known.sorted())
    }

    /// Reads `booking`, which needs `starts` and `timezone` beside it.
    mutating func booking(_ setting: Setting, in mapping: SettingSection<CalendarKey>) -> BookingMapping?? {
        guard let section = section(setting, BookingKey.self) else { return nil }
        if section[.resource] == nil {
            report(
                "this booking has no 'resource'; say what is booked, like resource: \"{INSPECTOR}\"", at: section.place)
        }
        if mapping[.starts] == nil {
            report(
                "a booking needs the calendar entry's 'starts'; say when, like starts: \"{FROM}\"", at: section.place)
        }
        if mapping[.timezone] == nil {
            report(
                "a booking needs the calendar entry's 'timezone'; say whose days and clocks are meant, "
                    + "like timezone: America/New_York",
                at: section.place
            )
        }
        if let cancelled = section[.cancelled], mapping[.status] == nil {
            report(
                "'cancelled' lists values of the calendar entry's 'status', which it does not have; give it one, "
                    + "like status: \"{STATUS}\"",
                at: cancelled.place
            )
        }
        let resource = section[.resource].flatMap { value($0, Template.init) }
        let cancelled = read(section[.cancelled], or: []) { reader, setting in
            reader.list(setting, like: "[Cancelled, Withdrawn]") { $0.text($1) }
        }
        guard let resource, let cancelled, mapping[.starts] != nil, mapping[.timezone] != nil else { return nil }
        return .some(BookingMapping(resource: resource, cancelled: cancelled))
    }
}
