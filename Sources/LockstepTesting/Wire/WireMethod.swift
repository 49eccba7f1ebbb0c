/// An AMQP 0-9-1 method by its numbers, as they stand in a method frame.
public struct WireMethod: Sendable, Hashable {
    /// The class, such as 60 for `basic`.
    public let classID: UInt16
    /// The method within its class.
    public let methodID: UInt16

    /// Makes a method of its numbers.
    public init(_ classID: UInt16, _ methodID: UInt16) {
        self.classID = classID
        self.methodID = methodID
    }

    public static let connectionStart = WireMethod(10, 10)
    public static let connectionStartOk = WireMethod(10, 11)
    public static let connectionTune = WireMethod(10, 30)
    public static let connectionTuneOk = WireMethod(10, 31)
    public static let connectionOpen = WireMethod(10, 40)
    public static let connectionOpenOk = WireMethod(10, 41)
    public static let connectionClose = WireMethod(10, 50)
    public static let connectionCloseOk = WireMethod(10, 51)
    public static let connectionBlocked = WireMethod(10, 60)
    public static let connectionUnblocked = WireMethod(10, 61)
    public static let channelOpen = WireMethod(20, 10)
    public static let channelOpenOk = WireMethod(20, 11)
    public static let channelClose = WireMethod(20, 40)
    public static let channelCloseOk = WireMethod(20, 41)
    public static let queueDeclare = WireMethod(50, 10)
    public static let queueDeclareOk = WireMethod(50, 11)
    public static let basicQos = WireMethod(60, 10)
    public static let basicQosOk = WireMethod(60, 11)
    public static let basicConsume = WireMethod(60, 20)
    public static let basicConsumeOk = WireMethod(60, 21)
    public static let basicCancel = WireMethod(60, 30)
    public static let basicCancelOk = WireMethod(60, 31)
    public static let basicPublish = WireMethod(60, 40)
    public static let basicReturn = WireMethod(60, 50)
    public static let basicDeliver = WireMethod(60, 60)
    public static let basicAck = WireMethod(60, 80)
    public static let basicNack = WireMethod(60, 120)
    public static let confirmSelect = WireMethod(85, 10)
    public static let confirmSelectOk = WireMethod(85, 11)
}
