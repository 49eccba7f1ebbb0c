extension BadConfigurationTests {
    private static let start =
        "offices:\n  a:\n    events: [\"#\"]\n    calendar:\n      - match: \"#\"\n        title: x\n"

    static let bookings = [
        Bad(
            "a booking alone",
            start + "        booking: { cancelled: [Cancelled] }\n",
            "7:18: this booking has no 'resource'; say what is booked, like resource: \"{INSPECTOR}\"",
            "7:18: a booking needs the calendar entry's 'starts'; say when, like starts: \"{FROM}\"",
            "7:18: a booking needs the calendar entry's 'timezone'; say whose days and clocks are meant, "
                + "like timezone: America/New_York",
            "7:31: 'cancelled' lists values of the calendar entry's 'status', which it does not have; give it one, "
                + "like status: \"{STATUS}\""),
        Bad(
            "a booking's key with a slip",
            start
                + "        starts: \"{S}\"\n        timezone: UTC\n        booking: { resource: \"{R}\", canceled: [X] }\n",
            "9:37: unknown key 'canceled'; did you mean 'cancelled'?"),
        Bad(
            "a time zone with a slip",
            start + "        timezone: America/New_Yrok\n",
            "7:19: 'America/New_Yrok' is not a time zone of /usr/share/zoneinfo; write one like America/New_York or UTC, "
                + "or install the package tzdata; did you mean 'America/New_York'?"),
        Bad(
            "a time zone that leads elsewhere",
            start + "        timezone: ../../../etc/passwd\n",
            "7:19: '../../../etc/passwd' is not a time zone of /usr/share/zoneinfo; write one like America/New_York or UTC, "
                + "or install the package tzdata"),
        Bad(
            "a file beside the time zones",
            start + "        timezone: tzdata.zi\n",
            "7:19: 'tzdata.zi' is not a time zone of /usr/share/zoneinfo; write one like America/New_York or UTC, "
                + "or install the package tzdata"),
    ]
}
