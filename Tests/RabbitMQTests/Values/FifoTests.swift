import LockstepTesting
import Testing

@testable import RabbitMQ

struct FifoTests {
    @Test
    func agreesWithAnArray() throws {
        try forEachSeed(100) { _, generator in
            var fifo = Fifo<Int>()
            var model: [Int] = []
            for step in 0..<300 {
                switch Int.random(in: 0..<20, using: &generator) {
                case 0..<10:
                    fifo.append(step)
                    model.append(step)
                case 10..<18:
                    try #require(fifo.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
                case 18:
                    fifo.prepend(contentsOf: [-step, -step - 1])
                    model.insert(contentsOf: [-step, -step - 1], at: 0)
                default:
                    let removed = fifo.removeAll { $0.isMultiple(of: 7) }
                    try #require(removed == model.filter { $0.isMultiple(of: 7) })
                    model.removeAll { $0.isMultiple(of: 7) }
                }
                try #require(fifo.count == model.count)
                try #require(fifo.first == model.first)
                try #require(Array(fifo) == model)
            }
        }
    }
}
