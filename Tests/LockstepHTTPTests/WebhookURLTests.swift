import Lockstep
import Testing

@testable import LockstepHTTP

@Suite("A webhook's URL")
struct WebhookURLTests {
    @Test(
        "what is one, and what is made of it",
        arguments: [
            ("https://nmb-office1.gov/sync_callback", "nmb-office1.gov", "https://nmb-office1.gov/sync_callback"),
            ("HTTPS://Office.GOV", "office.gov", "https://office.gov/"),
            ("http://office.gov:8080/a?b=c&d=%20", "office.gov", "http://office.gov:8080/a?b=c&d=%20"),
            ("http://office.gov?b", "office.gov", "http://office.gov/?b"),
            ("http://[2001:DB8::1]:80/", "2001:db8::1", "http://[2001:db8::1]:80/"),
        ])
    func good(_ url: String, _ host: String, _ text: String) throws {
        let read = try WebhookURL(url)
        #expect(read.host == host)
        #expect(read.text == text)
    }

    @Test(
        "what is none",
        arguments: [
            "", "office.gov/x", "ftp://office.gov/", "http:/office.gov/", "http://", "http:///x", "http://a b/",
            "http://user@office.gov/", "http://user:secret@office.gov/", "http://office.gov\\@127.0.0.1/",
            "http://office.gov/#part", "http://office.gov:0/", "http://office.gov:65536/", "http://office.gov:/",
            "http://office.gov:80:80/", "http://[::1/", "http://[fe80::1%25eth0]/", "http://[127.0.0.1]/",
            "http://münchen.de/", "http://127.0.0.1%00/", "http://%6c%6f/", "file:///etc/passwd",
            "http://.office.gov/", "http://office_gov/\u{7F}", "http://[fe80::1%eth0]/", "http://[::1%lo]/",
            "http://127.0.0.1:80@office.gov/", "http://office.gov%2f@127.0.0.1/", "http://office.gov\t.evil/",
            "http://127。0。0。1/", "http://①②⑦.0.0.1/", "http://office.gov:8080:x/", "http://[::1]x/", "//office.gov/",
        ])
    func bad(_ url: String) {
        let error = #expect(throws: LockstepError.self) { try WebhookURL(url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(url.isEmpty || error?.message.contains("secret@") == false)
    }

    @Test(
        "an address of this machine is refused when the adapter is made, however it is written",
        arguments: [
            "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://[::1]/",
            "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://0/",
            "http://169.254.169.254/latest/meta-data", "http://10.0.0.1:8080/", "http://0x7F000001/",
            "http://017700000001/", "http://127.1/", "http://0x0/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/",
            "http://[::FFFF:7F00:1]/", "http://[::ffff:169.254.169.254]/", "http://[::127.0.0.1]/",
            "http://[64:ff9b::169.254.169.254]/", "http://[64:ff9b:1::a00:1]/", "http://[2002:a9fe:a9fe::1]/",
            "http://[2002:a00:1::]/", "http://[2001:0:7f00:1::]/", "http://[fe80::1]/", "http://[fd00:ec2::254]/",
            "http://0xa9fea9fe/", "http://2852039166/", "http://025177524776/", "http://100.100.100.200/",
        ])
    func privateAddress(_ url: String) {
        #expect(throws: LockstepError.self) { try WebhookAdapter(url: url) }
        var options = WebhookOptions()
        options.allowPrivateAddresses = true
        #expect(throws: Never.self) { try WebhookAdapter(url: url, options: options) }
    }
}
