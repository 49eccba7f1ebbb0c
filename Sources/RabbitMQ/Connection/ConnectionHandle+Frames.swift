import CRabbitMQ
import EventThread

extension ConnectionHandle {
    /// Reads the next frame that is there already; `nil` where there is none.
    ///
    /// Never waits. The frame is copied, so its memory goes back to the library at once.
    func nextFrame() throws -> Frame? {
        while true {
            var frame = amqp_frame_t()
            let status = watchdog.guarding { crabbitmq_next_frame(state, &frame) }
            if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
            guard status == AMQP_STATUS_OK.rawValue else { throw RabbitMQError.lost(status: status) }
            defer { amqp_maybe_release_buffers_on_channel(state, frame.channel) }
            if let copy = Frame(copying: frame) { return copy }
        }
    }
}
