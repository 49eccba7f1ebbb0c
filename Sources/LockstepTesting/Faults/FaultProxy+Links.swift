import NIOCore

extension FaultProxy {
    func received(_ bytes: [UInt8], on index: Int, _ direction: FaultDirection) {
        let name = links[index].name
        links[index][direction].receive(bytes, at: .now)
        // Faults may be for this name.
        if links[index].name != name { return followRules(index) }
        turn(index, direction)
    }

    func senderEnded(_ ending: FaultLane.Ending, on index: Int, _ direction: FaultDirection) {
        links[index][direction].end(ending, at: .now)
        turn(index, direction)
    }

    /// A socket is closed; without an end of its stream before, it was reset.
    func closed(_ index: Int, _ direction: FaultDirection) {
        if direction == .clientToBroker { links[index].isClientOpen = false }
        // The end of a stream closes a socket that nothing is written to any more, and is not told then.
        let isSecondEnd = links[index].ended.contains(direction.opposite)
        senderEnded(isSecondEnd ? .finished : .reset, on: index, direction)
    }

    /// The faults have changed.
    func followRules() {
        for index in links.indices { followRules(index) }
    }

    func followRules(_ index: Int) {
        let name = links[index].name
        for direction in FaultDirection.allCases {
            let rules = FaultRules(injections, direction, index: index, name: name)
            links[index][direction].follow(rules, at: .now)
            if links[index][direction].hasLostBytes, !rules.isSwallowing { resetBoth(index) }
            turn(index, direction)
        }
    }

    /// Lets depart what is due on a lane, and sees to it that the rest follows.
    func turn(_ index: Int, _ direction: FaultDirection) {
        guard let receiver = links[index].receiver(direction) else { return }
        for departure in links[index][direction].depart(at: .now) {
            switch departure {
            case .bytes(let bytes):
                receiver.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
            case .ending(.finished):
                finish(receiver)
                links[index].ended.insert(direction)
                // What is closed both ways is closed.
                if links[index].ended.count == 2 { links[index].sender(direction)?.close(promise: nil) }
            case .ending(.reset):
                resetBoth(index)
            case .ending(.cut(let fault)):
                strike(fault, index, direction)
            }
        }
        scheduleTurn(index, direction)
        updateReading(index, direction)
    }

    /// Ends a stream after what was written to it.
    private func finish(_ receiver: any Channel) {
        receiver.writeAndFlush(ByteBuffer()).whenComplete { _ in receiver.close(mode: .output, promise: nil) }
    }

    /// A cut strikes: the receiver has all that it will get, the sender is thrown out, and the fault is spent.
    private func strike(_ fault: InjectedFault, _ index: Int, _ direction: FaultDirection) {
        for direction in FaultDirection.allCases { links[index][direction].abandon() }
        if let sender = links[index].sender(direction) { reset(sender) }
        // It closes as soon as the receiver does. A reset would take bytes from it that it has not read.
        if let receiver = links[index].receiver(direction) { finish(receiver) }
        updateReading(index, direction.opposite)
        heal(fault)
    }

    private func scheduleTurn(_ index: Int, _ direction: FaultDirection) {
        guard let due = links[index][direction].nextDue else { return }
        if let earlier = links[index].wakeUps[direction], earlier <= due { return }
        links[index].wakeUps[direction] = due
        loop.scheduleTask(in: TimeAmount(due - .now)) {
            self.assumeIsolated { proxy in
                if proxy.links[index].wakeUps[direction] == due { proxy.links[index].wakeUps[direction] = nil }
                proxy.turn(index, direction)
            }
        }
    }

    /// Reads from a lane's sender, or lets its bytes wait in the system.
    func updateReading(_ index: Int, _ direction: FaultDirection) {
        let link = links[index]
        let lane = link[direction]
        guard let sender = link.sender(direction) else { return }
        let isPaused = !lane.isReading || (!lane.isOver && link.receiver(direction)?.isWritable != true)
        guard isPaused != link.paused.contains(direction) else { return }
        if isPaused { links[index].paused.insert(direction) } else { links[index].paused.remove(direction) }
        sender.setOption(.autoRead, value: !isPaused).whenFailure { _ in
            // Closed meanwhile: there is nothing to read.
        }
    }
}
