// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
import HTTPTransport
public import JSONDocuments
import Synchronization

/// Does work behind answers, in this process.
public final class OperationRunner: Sendable {
    /// How far work is, for whoever does it.
    public struct Progress: Sendable {
        /// Of the work, as `/operations/{id}` has it.
        let id: String
        let note: @Sendable (Int, Int) -> Void

        /// - Parameters:
        ///   - done: parts that are done.
        ///   - count: parts there are.
        public func show(_ done: Int, of count: Int) { note(done, count) }
    }

    private let tasks = Mutex<[String: Task<Void, Never>]>([:])
    /// How much of each kind is being done.
    private let running = Mutex<[String: Int]>([:])
    /// Of all kinds together, for what asks for it waits for this machine and for others.
    private static let most = 6

    public init() {}

    /// Begins work and answers 202. It is cancelled by whoever deletes the operation, and by the end of the service.
    ///
    /// - Parameters:
    ///   - kind: what it does, at most 60 characters.
    ///   - count: parts there are, as far as that is known.
    ///   - atOnce: of this kind; what is being done already is not begun once more.
    ///   - work: gives the result; what it throws becomes the problem. Ends soon once its task is cancelled.
    public func start(
        _ kind: String, _ call: APICall, of count: Int, atOnce: Int = 1,
        _ work: @escaping @Sendable (Progress) async throws -> JSONValue
    ) async throws -> APIAnswer {
        try take(kind, atOnce: atOnce)
        let book = LongOperations(call.gateway.ledger)
        let operation: LongOperation
        do {
            operation = try await book.begin(kind, by: call.caller.name, call.caller.owner, of: count)
        } catch {
            release(kind)
            throw error
        }
        // Nobody sits and waits for it.
        let task = Patience.$isShort.withValue(false) {
            Task { [weak self] in
                let state = Mutex((done: 0, of: count))
                let beat = Task {
                    while !Task.isCancelled {
                        let now = state.withLock { $0 }
                        guard (try? await book.note(operation.id, done: now.done, of: now.of)) != false else {
                            self?.cancel(operation.id)
                            return
                        }
                        try? await Task.sleep(for: .seconds(1))
                    }
                }
                do {
                    let result = try await work(
                        Progress(id: operation.id) { done, count in state.withLock { $0 = (done, count) } })
                    beat.cancel()
                    await beat.value
                    self?.release(kind)
                    let end = state.withLock { $0 }
                    _ = try? await book.note(operation.id, done: end.of, of: end.of)
                    try? await book.end(operation.id, .done, problem: nil, result: result)
                } catch {
                    beat.cancel()
                    await beat.value
                    self?.release(kind)
                    let isCancelled = error is CancellationError || Task.isCancelled
                    try? await book.end(
                        operation.id, isCancelled ? .cancelled : .failed,
                        problem: isCancelled ? nil : APIProblem(error, isLookup: false).json, result: nil)
                }
                _ = self?.tasks.withLock { $0.removeValue(forKey: operation.id) }
            }
        }
        tasks.withLock { $0[operation.id] = task }
        return .accepted(operation.json, id: operation.id)
    }

    private func take(_ kind: String, atOnce: Int) throws {
        let isFree = running.withLock { running in
            guard running[kind, default: 0] < atOnce, running.values.reduce(0, +) < Self.most else { return false }
            running[kind, default: 0] += 1
            return true
        }
        guard isFree else {
            throw APIProblem.conflict(
                "as much of this as can be done at once is being done",
                nextStep: "Wait for it: GET /operations shows what runs.")
        }
    }

    private func release(_ kind: String) {
        running.withLock { running in
            let left = running[kind, default: 0] - 1
            running[kind] = left > 0 ? left : nil
        }
    }

    func cancel(_ id: String) { tasks.withLock { $0[id] }?.cancel() }

    /// Ends all work, and waits until it has noted so; what does not end within the grace, because it waits for somebody else, is left: it
    /// counts as interrupted when nothing is heard of it.
    ///
    /// - Parameter grace: how long it waits at most.
    public func stop(grace: Duration = .seconds(5)) async {
        for task in tasks.withLock({ Array($0.values) }) { task.cancel() }
        let deadline = ContinuousClock.now + grace
        while tasks.withLock({ !$0.isEmpty }), ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
        }
    }
}
