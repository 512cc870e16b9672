// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Ledger
import Settings
import Store

/// Views that people keep for themselves, and share. Whoever is signed in may: a view shows nothing that its reader may not see.
public struct ViewAdministration: Sendable {
    private let ledger: OrderLedger
    private let caller: Caller

    public init(_ ledger: OrderLedger, caller: Caller) { (self.ledger, self.caller) = (ledger, caller) }

    /// One's own and those that others share.
    public func list() async throws -> [SavedView] { try await ledger.views(of: caller.name) }

    /// - Throws: `SettingsError` for a name that is empty and an address that is none of the console.
    public func add(
        name: String, address: String, isShared: Bool, isStartPage: Bool, isDryRun: Bool = false
    ) async throws -> SavedView {
        let view = SavedView(
            owner: caller.name, name: name, address: address, isShared: isShared, isStartPage: isStartPage)
        try Self.check(view)
        guard
            try await ledger.views(of: caller.name).count(where: { $0.owner.folded == caller.name.folded }) < Self.most
        else {
            throw LedgerError.notPossible(
                "there are \(Self.most) views of \(caller.name) already: delete some that nobody needs")
        }
        return isDryRun ? view : try await ledger.keep(view)
    }

    /// Of one person; everybody reads those that are shared.
    private static let most = 100

    /// Changes what is given of one's own view.
    ///
    /// - Throws: as `add`, and `LedgerError.notPossible` for one that is not one's own.
    public func change(
        _ id: Int64, name: String?, address: String?, isShared: Bool?, isStartPage: Bool?, isDryRun: Bool = false
    ) async throws -> SavedView {
        var view = try await own(id)
        view.name = name ?? view.name
        view.address = address ?? view.address
        view.isShared = isShared ?? view.isShared
        view.isStartPage = isStartPage ?? view.isStartPage
        try Self.check(view)
        return isDryRun ? view : try await ledger.keep(view)
    }

    /// - Throws: `LedgerError.notPossible` for one that is not one's own.
    public func delete(_ id: Int64, isDryRun: Bool = false) async throws {
        _ = try await own(id)
        if !isDryRun { try await ledger.deleteView(id, of: caller.name) }
    }

    private func own(_ id: Int64) async throws -> SavedView {
        guard let view = try await ledger.view(id, for: caller.name), view.owner.folded == caller.name.folded else {
            throw LedgerError.notPossible("there is no view \(id) of \(caller.name)")
        }
        return view
    }

    /// An address of another place would lead whoever follows a shared view out of the console.
    private static func check(_ view: SavedView) throws(SettingsError) {
        guard !view.name.allSatisfy(\.isWhitespace), view.name.count <= 100, !view.name.utf8.contains(0) else {
            throw SettingsError("name: expected 1 to 100 characters", at: .commandLine)
        }
        let rest = view.address.dropFirst("/console/".count)
        let isPlain = view.address.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) && $0 != "\\" }
        guard view.address.hasPrefix("/console/"), isPlain, !rest.hasPrefix("/"), !rest.contains(".."),
            view.address.utf8.count <= 2000
        else {
            throw SettingsError(
                "address: expected a path of the console with its filters, such as /console/certificates?status=active",
                at: .commandLine)
        }
    }
}

extension SavedView {
    /// - Parameter name: of who looks.
    public func json(for name: String) -> JSONValue {
        let isOwn = owner.folded == name.folded
        return [
            "id": JSONValue(Int(id)), "name": .string(self.name), "address": .string(address),
            "owner": .string(owner), "own": .bool(isOwn), "shared": .bool(isShared),
            "startPage": .bool(isOwn && isStartPage),
        ]
    }
}
