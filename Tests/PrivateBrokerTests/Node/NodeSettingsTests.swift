import FoundationEssentials
import Testing

@testable import PrivateBroker

struct NodeSettingsTests {
    private let configuration = PrivateBrokerConfiguration(directory: URL(filePath: "/nowhere"))

    private func settings(_ change: (inout PrivateBrokerConfiguration) -> Void = { _ in }) throws -> NodeSettings {
        var configuration = configuration
        configuration.amqpPort = 15_672
        configuration.managementPort = 15_673
        change(&configuration)
        return NodeSettings(try NodeIdentity(configuration, remembered: nil), configuration)
    }

    @Test func everyListenerIsOnLoopback() throws {
        let lines = try settings().text.split(separator: "\n")
        #expect(lines.contains("listeners.tcp.1 = 127.0.0.1:15672"))
        #expect(lines.contains("management.tcp.ip = 127.0.0.1"))
        #expect(lines.contains("management.tcp.port = 15673"))
        #expect(lines.contains("distribution.listener.interface = 127.0.0.1"))
    }

    @Test func ownLinesReplaceDefaultsWithTheSameKey() throws {
        let text = try settings { $0.extraConfig = ["disk_free_limit.absolute=2GB", "consumer_timeout = 5000"] }.text
        #expect(text.contains("disk_free_limit.absolute=2GB\n"))
        #expect(!text.contains("disk_free_limit.absolute = 1MB"))
        #expect(text.contains("consumer_timeout = 5000\n"))
    }

    @Test func withoutManagementNothingSpeaksOfIt() throws {
        let settings = try settings {
            $0.management = false
            $0.plugins = ["rabbitmq_stream"]
        }
        #expect(!settings.text.contains("management"))
        #expect(settings.enabledPlugins == "[rabbitmq_stream].\n")
    }

    @Test func managementIsEnabledBesideOtherPlugins() throws {
        let settings = try settings { $0.plugins = ["rabbitmq_stream"] }
        #expect(settings.enabledPlugins == "[rabbitmq_management,rabbitmq_stream].\n")
    }
}
