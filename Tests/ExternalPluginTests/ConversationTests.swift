// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import TestSupport
import Testing

@testable import ExternalPlugin

private struct Unexpected: Error {
    let what: String
    init(_ what: String) { self.what = what }
}

/// The example program as a CA, and what holds for any program.
@Suite(.timeLimit(.minutes(5))) struct ConversationTests {
    private func example() throws -> ProgramUnderTest {
        try ProgramUnderTest(try TemporaryFolder(), ProgramUnderTest.example.path, timeout: "30s", processes: 3)
    }

    @Test func theExampleIssuesOncePerReference() async throws {
        let program = try example()
        let request = try ProgramUnderTest.request()
        guard case .absent = try await program.connector.find(request) else { throw Unexpected("found") }
        guard case .issued(let issued) = try await program.connector.enroll(request) else { throw Unexpected("no") }
        #expect(issued.certificateChain.count == 2)
        #expect(try issued.certificateChain[0].publicKey == request.csr.publicKey)
        #expect(issued.certificateChain[0].emailAddresses == ["ada@example.test"])
        let root = try Certificate(pem: String(contentsOfFile: program.folder.path("ca/root.pem"), encoding: .utf8))
        try CertificateChain(issued.certificateChain).verify(
            trustAnchors: [root], at: Date(), purpose: .emailProtection)
        guard case .found(.issued(let again)) = try await program.connector.find(request),
            case .issued(let twice) = try await program.connector.enroll(request)
        else { throw Unexpected("not found") }
        #expect(again.certificateChain == issued.certificateChain)
        #expect(twice.certificateChain == issued.certificateChain)
        #expect(
            try await program.connector.inventory(from: nil).entries.map(\.serialNumber) == [
                issued.certificateChain[0].serialNumber.hex
            ])
    }

    /// What a person has named is ours when the program finds it under our reference, or by its key.
    @Test(arguments: [("77", true), ("78", false)])
    func anOrderThatAPersonNames(id: String, isOurs: Bool) async throws {
        let program = try ProgramUnderTest(
            answering: #"answer(pending={"orderID": call.get("order", {}).get("caRequestID", "77")})"#)
        let result = try await program.connector.examine(CAOrder(caRequestID: id), request: ProgramUnderTest.request())
        switch result {
        case .found(.pending(let pending)): #expect(isOurs && pending.order.caRequestID == id)
        case .undecidable(let reason): #expect(!isOurs && reason.contains("78 has no certificate yet"), "\(reason)")
        default: throw Unexpected("\(result)")
        }
        #expect(program.calls.suffix(2) == ["poll", "findByReference"])
    }

    /// The program has taken the order and answers what cannot be read.
    @Test(arguments: [true, false])
    func anOrderThatWasTakenIsNotLost(canPoll: Bool) async throws {
        let program = try ProgramUnderTest(
            answering: #"answer(issued={"orderID": "77", "chain": "none"})"#,
            abilities: canPoll ? "[poll]" : "[revoke]")
        if canPoll {
            guard case .pending(let pending) = try await program.connector.enroll(ProgramUnderTest.request()) else {
                throw Unexpected("not pending")
            }
            #expect(pending.order.caRequestID == "77")
            #expect(
                pending.detail?.hasSuffix("; so the program's answer is not understood, and the CA has taken the order")
                    == true)
        } else {
            let error = await #expect(throws: ConnectorError.self) {
                try await program.connector.enroll(ProgramUnderTest.request())
            }
            #expect(error?.kind == .outcomeUnknown && error?.message.contains("has taken the order as 77") == true)
        }
    }

    @Test func aRevocationIsInTheList() async throws {
        let program = try example()
        let request = try ProgramUnderTest.request()
        guard case .issued(let issued) = try await program.connector.enroll(request) else { throw Unexpected("no") }
        _ = try await program.connector.revoke(
            RevocationRequest(
                certificate: issued.certificateChain[0], order: issued.order, reason: .keyCompromise, comment: "lost"))
        let list = try CertificateRevocationList(
            der: Array(Data(contentsOf: URL(filePath: program.folder.path("ca/issuing.crl")))))
        #expect(list.entries.map(\.serialNumber) == [issued.certificateChain[0].serialNumber])
        #expect(list.entries.map(\.reasonCode) == [1])
    }

    @Test func nothingLeavesThroughAClosedGate() async throws {
        let program = try ProgramUnderTest(answering: "answer(pending={'orderID': '7'})")
        await #expect(throws: ClosedGate.self) {
            try await program.connector.enroll(ProgramUnderTest.request(), gate: .closed)
        }
        #expect(!program.calls.contains("enroll"))
    }

    @Test func aForeignDomainIsRejectedReadably() async throws {
        let program = try example()
        guard
            case .rejected(let rejection) = try await program.connector.enroll(
                ProgramUnderTest.request(domain: "example.invalid"))
        else { throw Unexpected("issued") }
        #expect(rejection.reason == "ada@example.invalid is in no domain of this account")
    }

    @Test func manyCallsAtOnceAreNotMixed() async throws {
        let program = try ProgramUnderTest(
            answering: """
                time.sleep(0.002)
                answer(pending={"orderID": call["request"]["reference"], "retryAfter": 5})
                """, processes: 4)
        try await withThrowingTaskGroup(of: (String, String).self) { group in
            for number in 0..<100 {
                let request = try ProgramUnderTest.request("user\(number)")
                group.addTask {
                    guard case .pending(let pending) = try await program.connector.enroll(request) else {
                        return ("", "-")
                    }
                    return (request.reference, pending.order.caRequestID)
                }
            }
            for try await (reference, id) in group { #expect(reference == id) }
        }
        #expect(program.calls.filter { $0 == "start" }.count <= 4)
        #expect(program.calls.filter { $0 == "enroll" }.count == 100)
    }

    @Test func theProgramEndsWithItsConnector() async throws {
        var program: ProgramUnderTest? = try ProgramUnderTest(
            answering: "answer(account={'name': str(os.getpid())})")
        let pid = try #require(Int32(try await program?.connector.check().account ?? ""))
        #expect(kill(pid, 0) == 0)
        program = nil
        while kill(pid, 0) == 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func whatIsWrongWithAProfileIsSaidOffline() throws {
        let profile = try ConnectorProfile.read(
            """
            connector: example
            title: Example
            module: external
            settings: {program: {type: text, title: Program}}
            external: {program: program, proceses: 2, timeout: soon}
            """, file: "example.yaml")
        let problems = ExternalConnector.diagnose(profile).map(\.keyPath).sorted()
        #expect(problems == ["external.proceses", "external.timeout", "settings.program"])
    }
}
