// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Testing

@testable import ADCSPlugin

@Suite("What the pages of Web Enrollment say, in any language")
struct PageTests {
    private func submission(_ name: String, charset: String? = nil) throws -> SubmissionPage {
        let profile = try ADCSProfile(ConnectorProfile.read(Folder.profile, file: "adcs.yaml"))
        return SubmissionPage(try Folder.page(name, charset: charset), profile.phrases)
    }

    private func retrieval(_ name: String) throws -> RetrievalPage {
        let profile = try ADCSProfile(ConnectorProfile.read(Folder.profile, file: "adcs.yaml"))
        return RetrievalPage(try Folder.page(name), profile.phrases)
    }

    @Test("the link with digits tells that it is issued, not the link to the CA's certificate")
    func issued() throws {
        #expect(try submission("issued") == .issued(id: "61108"))
        #expect(try submission("de-issued") == .issued(id: "61208"))
    }

    @Test(
        "pending",
        arguments: [("pending", "61109"), ("de-pending", "61209"), ("fr-pending", "61309"), ("nl-pending", "61409")])
    func pending(name: String, id: String) throws {
        #expect(try submission(name) == .pending(id: id))
    }

    @Test("denied, with number, code and the CA's own words")
    func denied() throws {
        func check(_ name: String, _ id: String?, _ code: UInt32?, _ words: String) throws {
            guard case .denied(let foundID, let foundCode, let message) = try submission(name) else {
                Issue.record("\(name) is not denied")
                return
            }
            #expect(foundID == id && foundCode?.value == code && message.contains(words), "\(name): \(message)")
        }
        try check("denied", "61110", 0x8009_4800, "policy: NoSuchTemplate.")
        try check("denied-by-officer", "61111", nil, #"Denied by EXAMPLE\officer <night shift>"#)
        try check("unreadable", nil, 0x8009_310B, "Error Parsing Request ASN1 bad tag value met.")
        try check("unavailable", nil, 0x8007_06BA, "The RPC server is unavailable.")
        try check("de-denied", "61210", 0x8009_4012, "Verweigert durch Richtlinienmodul 0x80094012, Die Berechtigungen")
        try check("fr-denied", "61310", nil, #"Refusé par EXAMPLE\agent"#)
        try check("nl-denied", nil, 0x8009_4014, "Geweigerd")
    }

    @Test("a page of something else is not understood, whatever numbers it has")
    func unknown() throws {
        #expect(try submission("portal") == .unknown)
        #expect(try submission("templates") == .unknown)
        #expect(try submission("authority") == .unknown)
    }

    @Test(
        "the charset of the header holds, an unknown one does not hinder",
        arguments: ["windows-1252", "\"WINDOWS-1252\"", "klingon"])
    func charset(name: String) throws {
        #expect(try submission("de-pending", charset: name) == .pending(id: "61209"))
    }

    @Test("what stands in place of a certificate")
    func retrieved() throws {
        #expect(try retrieval("retrieve-pending") == .pending)
        #expect(try retrieval("fi-retrieve-pending") == .pending)
        let denied = try retrieval("retrieve-denied")
        #expect(
            denied
                == .denied(
                    code: DispositionCode(0x8009_4014),
                    message: #"Denied by EXAMPLE\officer; 0x80094014 (-2146877420 CERTSRV_E_ADMIN_DENIED_REQUEST)"#))
        guard case .denied(let code, _) = try retrieval("retrieve-denied-by-policy") else {
            Issue.record("not denied")
            return
        }
        #expect(code?.value == 0x8009_4800)
        guard case .noRequest = try retrieval("retrieve-none") else {
            Issue.record("a request that is not there")
            return
        }
        #expect(try retrieval("retrieve-unavailable") == .unavailable(DispositionCode(0x8007_06BA)))
        #expect(try retrieval("portal") == .unknown)
    }

    @Test("templates are read by cn, each once, and no other list of the form")
    func templates() throws {
        let products = TemplateList.read(try Folder.page("templates"))
        #expect(products.map(\.id) == ["GatewayUser", "WebServer", "KeyRecovery"])
        #expect(products.map(\.title) == ["Gateway User", "Web Server", "Schlüsselarchiv"])
    }

    @Test("codes print with eight digits and the name")
    func codes() {
        #expect(DispositionCode(0x8009_4800).description == "0x80094800 CERTSRV_E_UNSUPPORTED_CERT_TYPE")
        #expect(DispositionCode(0x8007_1234).description == "0x80071234")
        #expect(DispositionCode(0).isSuccess && !DispositionCode(0).isFailure)
    }

    @Test("damaged pages say nothing, and end")
    func damaged() throws {
        let profile = try ADCSProfile(ConnectorProfile.read(Folder.profile, file: "adcs.yaml"))
        for name in ["issued", "pending", "de-denied", "retrieve-pending"] {
            var answer = try Folder.page(name)
            for length in stride(from: 0, to: answer.body.count, by: 7) {
                answer.body = Array(try Folder.bytes("\(name).html").prefix(length))
                _ = SubmissionPage(answer, profile.phrases)
                _ = RetrievalPage(answer, profile.phrases)
            }
        }
    }

    /// A call that broke off may have been executed; one that was not made was not.
    @Test func whatTheCAServiceMayHaveExecutedIsNoFailure() {
        #expect(DispositionCode(0x8007_06BE).meaning == .unknown)
        #expect([0x8007_06BA, 0x8007_06BF].allSatisfy { DispositionCode($0).meaning == .transient })
        // Neither listed nor about certificates and keys.
        #expect(DispositionCode(0x8007_1234).meaning == .unknown)
        #expect(DispositionCode(0x8009_1234).meaning == .rejected)
    }
}
