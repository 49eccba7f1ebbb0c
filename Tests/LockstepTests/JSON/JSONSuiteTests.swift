import Foundation
import Lockstep
import Testing

struct JSONSuiteTests {
    @Test(arguments: JSONSuite.all)
    func isTakenOrRefused(_ input: JSONSuite.Case) throws {
        let text = (try? JSONObject(parsing: input.bytes))?.text
        // Byte by byte: to Swift, composed and decomposed letters are the same text.
        #expect(text.map { Array($0.utf8) } == input.canonical.map { Array($0.utf8) }, "became \(text ?? "nothing")")
        if let text { #expect(try JSONObject(parsing: text).text.utf8.elementsEqual(text.utf8), "it changes again") }
    }

    @Test(arguments: JSONSuite.all)
    func foundationAgreesButWhereItIsSaid(_ input: JSONSuite.Case) throws {
        let other = try? JSONSerialization.jsonObject(with: Data(input.bytes)) as? NSObject
        guard input.difference == nil else {
            #expect((other != nil) != (input.canonical != nil), "no difference any more")
            return
        }
        #expect((other != nil) == (input.canonical != nil), "Foundation \(other == nil ? "refuses" : "takes") it")
        guard let canonical = input.canonical else { return }
        // What was made of it means the same to Foundation.
        let again = try JSONSerialization.jsonObject(with: Data(canonical.utf8)) as? NSObject
        #expect(other == again)
    }

    @Test func theTableHasNoInputTwice() {
        let inputs = JSONSuite.all.map(\.bytes)
        #expect(Set(inputs).count == inputs.count)
        #expect(inputs.count > 300)
    }
}
