// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CSpawn
import Dispatch
import Foundation
import Glibc
import JSONDocuments

/// One running program: takes one call at a time on standard input and answers on standard output.
///
/// It lives in a process group of its own and gets a small environment: what the gateway's own may hold is none of its
/// business. When the gateway ends, however that happens, the program reads the end of its input.
// @unchecked: pid and descriptors never change; the rest is touched on `queue` only.
final class ProgramProcess: @unchecked Sendable {
    private static let inheritedVariables = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"]

    private let pid: pid_t
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    private let specification: ProgramSpecification
    private let queue = DispatchQueue(label: "external-program")
    private var calls = 0
    private var received: [UInt8] = []
    private var complaints: [UInt8] = []
    /// False once the program has closed its standard error, which poll would report again and again.
    private var complains = true

    /// Starts the program; it has not been spoken to yet.
    init(_ specification: ProgramSpecification) throws(ProgramFailure) {
        self.specification = specification
        let (input, programInput) = try Self.channel()
        let (output, programOutput) = try Self.channel(closing: [input, programInput])
        let (errors, programErrors) = try Self.channel(closing: [input, programInput, output, programOutput])
        (self.input, self.output, self.errors) = (input, output, errors)
        let started = Self.spawn(specification.path, programInput, programOutput, programErrors)
        [programInput, programOutput, programErrors].forEach { close($0) }
        switch started {
        case .success(let pid): self.pid = pid
        case .failure(let code):
            [input, output, errors].forEach { close($0) }
            throw Self.failure("start \(specification.path)", code.code)
        }
    }

    /// The program reads the end of its input and has two seconds to end by itself.
    deinit {
        [input, output, errors].forEach { close($0) }
        let pid = pid
        DispatchQueue.global().async {
            for _ in 0..<100 where waitpid(pid, nil, WNOHANG) == 0 { usleep(20_000) }
            Glibc.kill(-pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
    }

    /// Ends the program at once; a call under way fails.
    func kill() { Glibc.kill(-pid, SIGKILL) }

    /// Sends one call and waits for its answer.
    ///
    /// - Parameter message: members of the call; its number is added.
    /// - Returns: the answer, an object.
    /// - Throws: `ProgramFailure`; the program is of no more use then.
    func call(_ message: [String: JSONValue], timeout: Duration) async throws -> JSONValue {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(with: Result { try self.exchange(message, timeout) })
                }
            }
        } onCancel: {
            kill()
        }
    }

    private func exchange(_ message: [String: JSONValue], _ timeout: Duration) throws(ProgramFailure) -> JSONValue {
        calls += 1
        var message = message
        message["call"] = JSONValue(calls)
        var unsent = ArraySlice(JSONValue.object(message).text.utf8 + [UInt8(ascii: "\n")])
        let whole = unsent.count
        let end = ContinuousClock.now + timeout
        while true {
            while let line = nextLine() {
                guard let answer = try read(line, isAnswered: unsent.isEmpty) else { continue }
                hear()
                tellComplaints("info")
                return answer
            }
            guard received.count <= specification.maximumAnswer else {
                throw failed(.misanswered, "answered with more than \(specification.maximumAnswer) bytes in one line")
            }
            let left = end - .now
            guard left > .zero else {
                throw failed(unsent.count < whole ? .unanswered : .unread, "did not answer in time")
            }
            var waits = [
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: complains ? errors : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: unsent.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
            ]
            _ = poll(&waits, 3, Int32(min(left / .milliseconds(1) + 1, 60_000)))
            if waits[1].revents != 0 { hear() }
            if waits[0].revents != 0, !receive() {
                hear()
                throw failed(
                    unsent.count < whole ? .unanswered : .unread, "ended\(ending()) instead of answering")
            }
            if waits[2].revents != 0 { send(&unsent) }
        }
    }

    /// The next whole line, if there is one.
    private func nextLine() -> [UInt8]? {
        guard let end = received.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { received.removeSubrange(...end) }
        return Array(received[..<end])
    }

    /// - Returns: nil for a line that is to be logged.
    private func read(_ line: [UInt8], isAnswered: Bool) throws(ProgramFailure) -> JSONValue? {
        guard let value = try? JSONValue(parsing: line), value.object != nil else {
            throw failed(
                .misanswered,
                "wrote \"\(specification.lines(line).first ?? "")\" to standard output, expected one JSON object in one line; "
                    + "messages belong on standard error")
        }
        if let entry = value["log"] {
            specification.log(entry["level"]?.string ?? "info", entry["message"]?.string ?? "")
            return nil
        }
        guard isAnswered, value["call"]?.int == calls else {
            throw failed(
                .misanswered,
                "answered another call than the one it was given: found call \(value["call"]?.text ?? "missing"), "
                    + "expected \(calls)")
        }
        return value
    }

    private func send(_ unsent: inout ArraySlice<UInt8>) {
        let count = unsent.withUnsafeBytes { Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // Nobody reads any more: the end of its output tells so in a moment.
        if count > 0 { unsent.removeFirst(count) } else if errno != EAGAIN, errno != EINTR { unsent = [] }
    }

    /// - Returns: false at the end of the program's output.
    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(output, &buffer, buffer.count)
        if count > 0 { received += buffer[..<count] }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// Takes what the program says on standard error, in the end the last 64 KiB of it.
    private func hear() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while complains {
            let count = Glibc.read(errors, &buffer, buffer.count)
            if count == 0 { complains = false }
            guard count > 0 else { return }
            complaints += buffer[..<count]
            // From the beginning of a line on, so that no half of a secret stays there.
            if complaints.count > 1 << 16 {
                complaints.removeFirst(complaints.count - 1 << 16)
                complaints = Array(complaints.drop { $0 != UInt8(ascii: "\n") })
            }
        }
    }

    /// Has logged what the program said since the last call.
    ///
    /// - Returns: the lines.
    @discardableResult
    private func tellComplaints(_ level: String) -> [String] {
        guard !complaints.isEmpty else { return [] }
        let lines = specification.lines(complaints)
        complaints = []
        for line in lines { specification.log(level, "standard error: \(line)") }
        return lines
    }

    private func failed(_ cause: ProgramFailure.Cause, _ what: String) -> ProgramFailure {
        kill()
        hear()
        let lines = tellComplaints("warning")
        let last = lines.last.map { "; its last line on standard error: \($0)" } ?? ""
        return ProgramFailure(
            cause: cause, message: "the program \(specification.path) \(what)\(last)",
            detail: lines.isEmpty ? nil : lines.joined(separator: "\n"))
    }

    /// How the program ended, for people; it is not reaped here.
    private func ending() -> String {
        var information = siginfo_t()
        for _ in 0..<50 {
            let flags = WEXITED | WNOHANG | WNOWAIT
            guard waitid(P_PID, id_t(pid), &information, flags) == 0 else { return "" }
            // After WNOHANG the signal number stays zero while nothing has ended.
            guard information.si_signo != 0 else {
                usleep(2000)
                continue
            }
            let status = information._sifields._sigchld.si_status
            return information.si_code == CLD_EXITED ? " with status \(status)" : " by signal \(status)"
        }
        return ""
    }

    /// Two connected sockets, ours and the program's: writing to a socket whose other end is gone is an error and no signal.
    private static func channel(closing others: [Int32] = []) throws(ProgramFailure) -> (ours: Int32, theirs: Int32) {
        var sockets: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &sockets) == 0 else {
            let code = errno
            others.forEach { close($0) }
            throw failure("make a socket", code)
        }
        _ = fcntl(sockets[0], F_SETFL, fcntl(sockets[0], F_GETFL) | O_NONBLOCK)
        return (sockets[0], sockets[1])
    }

    private static func failure(_ what: String, _ code: Int32) -> ProgramFailure {
        ProgramFailure(cause: .unread, message: "cannot \(what): \(String(cString: strerror(code)))", detail: nil)
    }

    private struct SystemError: Error { let code: Int32 }

    private static func spawn(
        _ path: String, _ input: Int32, _ output: Int32, _ errors: Int32
    ) -> Result<pid_t, SystemError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A thread of the gateway may have signals blocked; the program starts with none.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let own = ProcessInfo.processInfo.environment
        let variables = inheritedVariables.compactMap { name in own[name].map { strdup("\(name)=\($0)") } }
        let arguments = [strdup(path)]
        defer { (variables + arguments).forEach { free($0) } }
        var pid: pid_t = 0
        var code: Int32
        var attempts = 0
        repeat {
            code = posix_spawn(&pid, path, &actions, &attributes, arguments + [nil], variables + [nil])
            attempts += 1
            // Somebody is just replacing the program.
            if code == ETXTBSY { usleep(10_000) }
        } while code == ETXTBSY && attempts < 100
        return code == 0 ? .success(pid) : .failure(SystemError(code: code))
    }
}
