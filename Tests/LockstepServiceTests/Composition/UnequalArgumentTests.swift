import RabbitMQ
import Testing

@testable import LockstepService

/// What RabbitMQ says of a queue that is there with other arguments.
struct UnequalArgumentTests {
    private static func said(_ name: String, _ current: String) -> String {
        "PRECONDITION_FAILED - inequivalent arg '\(name)' for queue 'lockstep.office.ward-3' in vhost '/': received the value "
            + "'9' of type 'signedint' but current is \(current)"
    }

    @Test(arguments: [
        ("none", FieldValue?.none), ("the value '100' of type 'long'", .int(100)),
        ("the value '3' of type 'signedint'", .int(3)),
    ])
    func valueIsRead(said: String, current: FieldValue?) throws {
        let argument = try #require(UnequalArgument(Self.said("x-max-length", said)))
        #expect(argument.name == "x-max-length" && argument.current == current)
    }

    @Test(arguments: [
        "the value 'lockstep.dead' of type 'longstr'", "something else",
        "the value '99999999999999999999' of type 'long'",
    ])
    func whatIsNoNumberIsNotGuessed(said: String) {
        #expect(UnequalArgument(Self.said("x-max-length", said)) == nil)
    }

    @Test func otherErrorsAreNone() {
        #expect(UnequalArgument("NOT_FOUND - no queue 'q' in vhost '/'") == nil)
    }
}
