// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger
public import MicrosoftGraph
public import Planning

extension Gateway {
    /// Does what one at a time does, and keeps the right for as long as it takes.
    ///
    /// - Parameters:
    ///   - name: of the right, such as `OrderLedger.comparison`.
    ///   - owner: who has it. A node that has it already keeps it; whoever must not do it beside itself takes a name of its own.
    ///   - body: gets the right, under which writes are made that nobody without it may make.
    /// - Returns: nil while another one has the right; nothing was done.
    /// - Throws: `StoreError`, and what the body throws.
    public func withRight<Value: Sendable>(
        _ name: String, owner: String, _ body: (NodeLease) async throws -> Value
    ) async throws -> Value? {
        // The service of this node may have it, too, and goes on having it afterwards.
        let isKept = try await ledger.holds(name, owner: owner)
        guard let lease = try await ledger.lease(name, owner: owner, for: OrderLedger.silence) else { return nil }
        let keeping = Task { [ledger] in
            while (try? await Task.sleep(for: OrderLedger.silence / 4)) != nil {
                // One that is lost is lost: what is written under it is refused.
                _ = try? await ledger.lease(name, owner: owner, for: OrderLedger.silence)
            }
        }
        func end() async {
            keeping.cancel()
            await keeping.value
            // Who is next need not wait for its end.
            if !isKept { try? await ledger.release(lease) }
        }
        do {
            let value = try await body(lease)
            await end()
            return value
        } catch {
            await end()
            throw error
        }
    }

    /// Reads the directory and decides, for whoever looks; orders nothing. One node at a time decides: another one's profiles may differ,
    /// and its verdicts would be forgotten.
    ///
    /// - Returns: nil while another node decides; what it has decided last is in the database.
    public func decide(
        _ graph: GraphClient, _ onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void = { _ in }
    ) async throws -> EnrollmentPass.Report? {
        // Who shares the database of one folder shares its profiles.
        guard !isAlone else { return try await pass(graph, under: nil, onActivity).plan(advancing: false) }
        return try await withRight(OrderLedger.planning, owner: owner) { lease in
            try await pass(graph, under: lease, onActivity).plan(advancing: false)
        }
    }
}
