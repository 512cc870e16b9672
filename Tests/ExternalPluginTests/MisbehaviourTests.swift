// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import TestSupport
import Testing

@testable import ExternalPlugin

/// Whatever a program does, the gateway gets an error that says who must act, and the next call is answered.
@Suite(.timeLimit(.minutes(5))) struct MisbehaviourTests {
    /// Misbehaves once, in its first process, and is good afterwards.
    private static func once(_ deed: String) -> String {
        """
        path = os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "done")
        if not os.path.exists(path):
            open(path, "w").close()
            \(deed)
        answer(account={"name": "good again"})
        """
    }

    @Test(
        arguments: [
            ("os._exit(3)", .transient, "ended with status 3 instead of answering"),
            ("os.kill(os.getpid(), 11)", .transient, "ended by signal 11 instead of answering"),
            ("raise KeyError('licence')", .transient, "standard error: KeyError: 'licence'"),
            ("print('Hello, I am a program', flush=True)", .configuration, "wrote \"Hello, I am a program\""),
            ("print('[1, 2]', flush=True)", .configuration, "expected one JSON object in one line"),
            (
                "print(json.dumps({'call': 77, 'account': {'name': 'x'}}), flush=True)", .configuration,
                "found call 77, expected 2"
            ),
            (
                "sys.stdout.write('x' * 200000); sys.stdout.flush(); time.sleep(9)", .configuration,
                "answered with more than 65536 bytes"
            ),
            ("time.sleep(60)", .transient, "did not answer in time"),
            ("sys.stdout.close(); os.close(1); time.sleep(60)", .transient, "ended instead of answering"),
            ("answer(acount={'name': 'x'}); continue", .configuration, "expected account with name, found acount"),
        ] as [(String, ConnectorError.Kind, String)])
    func aCallFailsAndTheNextOneIsAnswered(deed: String, kind: ConnectorError.Kind, expected: String) async throws {
        let program = try ProgramUnderTest(answering: Self.once(deed), timeout: "1s")
        do {
            _ = try await program.connector.check()
            Issue.record("\(deed) went unnoticed")
        } catch let error as ConnectorError {
            #expect(error.kind == kind)
            #expect(error.message.contains(expected), "\(error)")
        }
        #expect(try await program.connector.check().account == "good again")
    }

    /// Of an order that is only asked about nothing is in doubt, and no answer of the program makes it refused or absent.
    @Test(arguments: [
        "print('nonsense', flush=True)", "answer(isued={})", "answer(issued={'orderID': '7', 'chain': 'x'})",
    ])
    func aMalformedAnswerAboutAnOrderIsTheProgramsFault(deed: String) async throws {
        let program = try ProgramUnderTest(answering: deed)
        let request = try ProgramUnderTest.request()
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await program.connector.poll(CAOrder(caRequestID: "7"), request: request)
        }
        await #expect(throws: ConnectorError(.configuration, "")) { try await program.connector.find(request) }
    }

    /// Also of a program that answers well; the last lines, without secrets and whatever moves a terminal's cursor.
    @Test func itsStandardErrorIsLogged() async throws {
        let program = try ProgramUnderTest(
            answering: """
                print("asked with s3cret-token", "\\x1b[31mred", file=sys.stderr, flush=True)
                for n in range(100): print("line", n, file=sys.stderr, flush=True)
                answer(account={"name": "x"})
                """)
        _ = try await program.connector.check()
        #expect(program.log.lines.count == 21, "\(program.log.lines)")
        #expect(program.log.lines.first == "info standard error: … 81 earlier lines are left out")
        #expect(program.log.lines.last == "info standard error: line 99")
        let failing = try ProgramUnderTest(
            answering: """
                print("asked with s3cret-token", "\\x1b[31mred", file=sys.stderr, flush=True)
                os._exit(3)
                """)
        let error = await #expect(throws: ConnectorError.self) { try await failing.connector.check() }
        #expect(failing.log.lines == ["warning standard error: asked with ••• [31mred"])
        #expect(error?.message.hasSuffix("standard error: asked with ••• [31mred") == true)
        #expect(error?.detail == "asked with ••• [31mred")
    }

    @Test(arguments: [
        "os._exit(3)", "print('{}', flush=True)", "time.sleep(60)", "answer(issued={})",
        "answer(pending={'orderID': ''})", "answer(error={'message': 'it broke'})",
        "answer(error={'kind': 'unheard-of', 'message': 'it broke'})",
    ])
    func anOrderThatMayHaveBeenTakenIsUnknown(deed: String) async throws {
        let program = try ProgramUnderTest(answering: deed, timeout: "1s")
        await #expect(throws: ConnectorError(.outcomeUnknown, "")) {
            try await program.connector.enroll(ProgramUnderTest.request())
        }
        #expect(program.calls.filter { $0 == "enroll" }.count == 1)
    }

    /// The program had ended before the call was written to it: nobody has read it. What a program that runs makes of a call is
    /// no proof.
    @Test func anOrderThatNobodyHasReadHasNotLeft() async throws {
        let program = try ProgramUnderTest(
            answering: "answer(account={'name': str(os.getpid())}); os._exit(0)", processes: 1)
        let pid = try await program.connector.check().account
        while try !String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8).contains(") Z ") {
            try await Task.sleep(for: .milliseconds(5))
        }
        let unread = await #expect(throws: ConnectorError.self) {
            try await program.connector.enroll(ProgramUnderTest.request())
        }
        #expect(unread?.hasSurelyNotLeft == true && unread?.kind == .configuration, "\(String(describing: unread))")
        #expect(!program.calls.contains("enroll"))
        let misread = await #expect(throws: ConnectorError.self) {
            try await program.connector.enroll(ProgramUnderTest.request())
        }
        #expect(misread?.hasSurelyNotLeft == false && misread?.kind == .outcomeUnknown)
    }

    /// The program has an order and its certificate cannot be read: the order is there.
    @Test func anOrderWithoutAReadableCertificateIsTaken() async throws {
        let program = try ProgramUnderTest(answering: "answer(issued={'orderID': '7', 'chain': 'nonsense'})")
        let outcome = try await program.connector.enroll(ProgramUnderTest.request())
        guard case .pending(let pending) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(pending.order.caRequestID == "7")
    }

    @Test(
        arguments: [
            ("sys.stderr.write('no licence found'); sys.exit(2)", "ended with status 2", "no licence found"),
            (
                "def start(): answer(error={'kind': 'configuration', 'message': 'the folder is missing'})",
                "the folder is missing", nil
            ),
            ("def start(): time.sleep(60)", "did not answer in time", nil),
        ] as [(String, String, String?)])
    func aProgramThatDoesNotStartIsTheOperators(start: String, expected: String, detail: String?) async throws {
        let program = try ProgramUnderTest(answering: "", start: start)
        do {
            _ = try await program.connector.enroll(ProgramUnderTest.request())
            Issue.record("it started")
        } catch let error as ConnectorError {
            #expect(error.kind == .configuration)
            #expect(error.message.contains(expected), "\(error)")
            #expect(detail == nil || error.detail?.contains(detail ?? "") == true)
        }
        #expect(!program.calls.contains("enroll"))
    }

    @Test func aMissingProgramIsTheOperators() async throws {
        let folder = try ProgramUnderTest(answering: "").folder
        let program = try ProgramUnderTest(folder, folder.path("nothing"))
        do { _ = try await program.connector.check() } catch let error as ConnectorError {
            #expect(error.kind == .configuration)
            #expect(error.message.contains("No such file"))
        }
    }

    @Test func aProgramThatDoesNotReadIsGivenUp() async throws {
        // More than pipes hold, so that it cannot be written as a whole.
        let program = try ProgramUnderTest(
            answering: "answer(account={'name': 'x'})", start: "time.sleep(60)", timeout: "1s")
        var request = try ProgramUnderTest.request()
        request.options = ["filler": .string(String(repeating: "x", count: 4 << 20))]
        await #expect(throws: ConnectorError.self) { try await program.connector.enroll(request) }
        #expect(program.calls.isEmpty)
    }

    @Test func cancellingEndsTheCall() async throws {
        let program = try ProgramUnderTest(answering: "time.sleep(60)", timeout: "50s")
        let call = Task { try await program.connector.check() }
        while !program.calls.contains("check") { try await Task.sleep(for: .milliseconds(5)) }
        call.cancel()
        await #expect(throws: ConnectorError(.transient, "")) { try await call.value }
    }

    @Test func neitherTheEnvironmentNorASecretLeaks() async throws {
        setenv("CERTWAY_TEST_PASSWORD", "from-the-environment", 1)
        let program = try ProgramUnderTest(
            answering: """
                print(json.dumps({"log": {"level": "warning", "message": "token is s3cret-token"}}), flush=True)
                answer(account={"name": "s3cret-token", "facts": {"environment": " ".join(sorted(os.environ))}})
                """)
        let report = try await program.connector.check()
        #expect(report.account == "•••")
        #expect(!report.facts.description.contains("CERTWAY_TEST"))
        #expect(program.log.lines == ["warning token is •••"])
    }

    /// A program outlives a gateway that is killed, and goes on with its call until the call's time is over.
    @Test(arguments: [(0, 30), (29, 30), (31, 31)]) func nothingIsAbsentBeforeACallIsOver(told: Int, sure: Int) throws {
        let program = try ProgramUnderTest(
            TemporaryFolder(), ProgramUnderTest.example.path, timeout: "30s", absenceIsSureAfter: .seconds(told))
        #expect(program.connector.absenceIsSureAfter == .seconds(sure))
    }

    @Test func errorsOfTheProgramKeepTheirKind() async throws {
        let program = try ProgramUnderTest(
            answering: "answer(error={'kind': 'throttled', 'message': 'slower', 'retryAfter': 7})")
        do {
            _ = try await program.connector.enroll(ProgramUnderTest.request())
        } catch let error as ConnectorError {
            #expect(error.kind == .throttled)
            #expect(error.retryAfter == .seconds(7))
        }
    }
}
