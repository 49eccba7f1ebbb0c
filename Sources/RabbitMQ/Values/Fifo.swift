/// A queue over an array: append at the back, take from the front, both in constant time on average.
struct Fifo<Element> {
    private var storage: [Element?] = []
    private var head = 0

    var count: Int { storage.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : storage[head] }

    /// The element `offset` places behind the front.
    subscript(offset: Int) -> Element {
        get {
            guard let element = storage[head + offset] else {
                preconditionFailure("Behind its head a Fifo has no holes.")
            }
            return element
        }
        set { storage[head + offset] = newValue }
    }

    mutating func append(_ element: Element) {
        storage.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < storage.count else { return nil }
        let element = storage[head].take()
        head += 1
        if head == storage.count {
            storage.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= storage.count {
            // Moved no more often than every `head` pops, so a pop stays cheap.
            storage.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Puts elements before the first one, in their order.
    mutating func prepend(contentsOf elements: some Collection<Element>) {
        storage.replaceSubrange(..<head, with: elements.map(Optional.some))
        head = 0
    }

    mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        head = 0
    }

    /// Removes the elements for which `shouldBeRemoved` holds, and returns them.
    mutating func removeAll(where shouldBeRemoved: (Element) -> Bool) -> [Element] {
        var removed: [Element] = []
        var kept: [Element?] = []
        while let element = popFirst() {
            if shouldBeRemoved(element) { removed.append(element) } else { kept.append(element) }
        }
        storage = kept
        head = 0
        return removed
    }
}

extension Fifo: Sequence {
    func makeIterator() -> AnyIterator<Element> {
        var offset = 0
        return AnyIterator {
            guard offset < count else { return nil }
            defer { offset += 1 }
            return self[offset]
        }
    }
}
