// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments

/// Keeps a few programs running and gives each one call at a time.
actor ProgramPool {
    private let specification: ProgramSpecification
    private let answers: AnswerReader
    private var free: Int
    private var idle: [ProgramProcess] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - limit: programs at a time.
    ///   - answers: reads what a program says when it does not start.
    init(_ specification: ProgramSpecification, limit: Int, answers: AnswerReader) {
        self.specification = specification
        self.answers = answers
        free = limit
    }

    /// Gives one program one call; a program that failed is ended and replaced when the next call comes.
    ///
    /// - Parameter begin: called right before the call is written, once a program is ready for it.
    /// - Throws: `ProgramFailure`; what `begin` throws.
    func call(
        _ message: [String: JSONValue], timeout: Duration, begin: () async throws -> Void
    ) async throws -> JSONValue {
        await enter()
        defer { leave() }
        let process = try await ready()
        do {
            try await begin()
            guard Departure.current?.isAllowed ?? true else {
                throw ProgramFailure(cause: .tooLate, message: Departure.refusal, detail: nil)
            }
        } catch {
            idle.append(process)
            throw error
        }
        let answer = try await process.call(message, timeout: timeout)
        idle.append(process)
        return answer
    }

    /// A program that said it is ready.
    private func ready() async throws -> ProgramProcess {
        if let process = idle.popLast() { return process }
        let process = try ProgramProcess(specification)
        var message = specification.start()
        message["operation"] = "start"
        let answer: JSONValue
        do { answer = try await process.call(message, timeout: specification.startTimeout) } catch let failure
            as ProgramFailure
        {
            throw ProgramFailure(cause: .unread, message: failure.message, detail: failure.detail)
        }
        if let error = answers.error(answer) { throw error }
        return process
    }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
