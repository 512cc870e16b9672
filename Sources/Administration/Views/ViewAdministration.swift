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
    public func list() async throws -> [SavedView] { try await ledger.views(of: keys) }

    /// Names go from one person to another, and views do not go with them.
    private var keys: [String] {
        // What a person kept before keys were object ids is under the name.
        [caller.owner?.text, caller.tokenID == nil ? caller.name : nil].compactMap(\.self)
    }

    /// Whether a view is the caller's own.
    private func isOwn(_ view: SavedView) -> Bool { keys.contains { $0.storable.folded == view.ownerKey } }

    /// As its reader sees it.
    public func json(_ view: SavedView) -> JSONValue {
        [
            "id": JSONValue(Int(view.id)), "name": .string(view.name), "address": .string(view.address),
            "owner": .string(view.owner), "own": .bool(isOwn(view)), "shared": .bool(view.isShared),
            "startPage": .bool(isOwn(view) && view.isStartPage),
        ]
    }

    /// - Throws: `SettingsError` for a name that is empty and an address that is none of the console.
    public func add(
        name: String, address: String, isShared: Bool, isStartPage: Bool, isDryRun: Bool = false
    ) async throws -> SavedView {
        let view = SavedView(
            owner: caller.name, ownerKey: caller.owner?.text, name: name, address: address, isShared: isShared,
            isStartPage: isStartPage)
        try check(view)
        return isDryRun ? view : try await ledger.keep(view)
    }

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
        try check(view)
        return isDryRun ? view : try await ledger.keep(view)
    }

    /// - Throws: `LedgerError.notPossible` for one that is not one's own.
    public func delete(_ id: Int64, isDryRun: Bool = false) async throws {
        let view = try await own(id)
        if !isDryRun { try await ledger.deleteView(id, of: view.ownerKey) }
    }

    private func own(_ id: Int64) async throws -> SavedView {
        guard let view = try await list().first(where: { $0.id == id }), isOwn(view) else {
            throw LedgerError.notPossible("there is no view \(id) of \(caller.name)")
        }
        return view
    }

    /// An address of another place would lead whoever follows a shared view out of the console.
    private func check(_ view: SavedView) throws(SettingsError) {
        // What is shared is read by administrators, too: whoever reads nothing of others has nothing to show them.
        guard !view.isShared || caller.may(.readCertificates) || caller.may(.readBackendCAs) else {
            throw SettingsError("shared: only who reads certificates or backend CAs shares a view", at: .commandLine)
        }
        guard !view.name.allSatisfy(\.isWhitespace), view.name.count <= 100, !view.name.utf8.contains(0) else {
            throw SettingsError("name: expected 1 to 100 characters", at: .commandLine)
        }
        let rest = view.address.dropFirst("/console/".count)
        // What a browser decodes must be harmless, too: it reads %2e%2e as steps upwards.
        let path = rest.prefix { $0 != "?" && $0 != "#" }.lowercased()
        let hasEscapedSteps = ["%2e", "%2f", "%5c", "%25"].contains { path.contains($0) }
        let isPlain = view.address.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) && $0 != "\\" }
        guard view.address.hasPrefix("/console/"), isPlain, !hasEscapedSteps, !rest.hasPrefix("/"),
            !rest.contains(".."),
            view.address.utf8.count <= 2000
        else {
            throw SettingsError(
                "address: expected a path of the console with its filters, such as /console/certificates?status=active",
                at: .commandLine)
        }
    }
}
