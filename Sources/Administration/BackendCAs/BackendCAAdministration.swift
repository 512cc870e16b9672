// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Gateway
import Ledger
import Records
import Settings

/// The configured backend CAs.
public struct BackendCAAdministration: Sendable {
    private let gateway: Gateway
    private let now: Date

    public init(_ gateway: Gateway, now: Date? = nil) {
        self.gateway = gateway
        self.now = now ?? gateway.store.clock.now()
    }

    public var names: [String] { gateway.backends.names }

    /// Each backend CA, made for it: whether it can be, and what it can do.
    public func list() -> [BackendCASummary] {
        names.map { name in
            let (state, abilities): (String, [String]) =
                switch gateway.backends[name] {
                case .ready(let backend)?: ("configured", backend.abilities.map(\.rawValue).sorted())
                case .unusable(let reason)?: (reason, [])
                case nil: ("unknown", [])
                }
            return BackendCASummary(
                name: name, connector: gateway.configuration.backendCA(name)?.connector ?? "", state: state,
                abilities: abilities)
        }
    }

    /// - Throws: `SettingsError`: why it cannot be used, or the names there are.
    public func ready(_ name: String) throws(SettingsError) -> BackendCA {
        switch gateway.backends[name] {
        case .ready(let backend)?: return backend
        case .unusable(let reason)?: throw SettingsError(reason)
        case nil:
            throw .unknown("backend CA", name, names)
        }
    }

    /// Reachable, authorised, may issue, and will what it issues be accepted? Changes nothing; which CA certificates it names is
    /// noted (`ChainAdministration`).
    public func check(_ name: String) async -> BackendCACheck {
        var check = await ask(name)
        // Why it cannot be used is said already.
        if case .success(let report) = check.result {
            do { check.newIssuers = try await gateway.lookAtChain(report.issuers, of: name) } catch {
                check.newIssuers = ["by which CA certificates it issues cannot be noted: \(error)"]
            }
            check.configuration =
                (try? await ConfigurationInspection.problems(of: gateway, about: name, now: now)) ?? []
        }
        return check
    }

    /// The same as `check`, and notes nothing.
    func ask(_ name: String) async -> BackendCACheck {
        do {
            let backend = try ready(name)
            let report = try await backend.connector.check()
            if let authority = backend.connector as? any AuthorityRunning,
                let sign = try await gateway.authorityWatch.sign(name, { try await authority.state() })
            {
                throw ConnectorError(.configuration, sign)
            }
            let newest = try await gateway.ledger.certificates(CertificateFilter(backendCA: name, limit: 1)).first
            return BackendCACheck(
                name: name, result: .success(report),
                roots: AcceptedRootsCheck(backend, now: now).findings(issuers: report.issuers, newest: newest))
        } catch {
            return BackendCACheck(name: name, result: .failure(BackendCACheck.Problem(sentence: "\(error)")), roots: [])
        }
    }

    /// Why a folder must not be signed with: a CA of our own lies there, and it is an older copy than the gateway has seen; nil when
    /// nothing stands against it, or no backend CA lies there.
    ///
    /// - Throws: `ConnectorError`, `StoreError` when it cannot be told.
    public func olderCopy(in folder: String) async throws -> String? {
        func place(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }
        for backendCA in gateway.configuration.backendCAs {
            guard let directory = backendCA.settings["directory"]?.string, place(directory) == place(folder),
                case .ready(let backend)? = gateway.backends[backendCA.name],
                let authority = backend.connector as? any AuthorityRunning,
                let sign = try await gateway.authorityWatch.sign(backendCA.name, { try await authority.state() })
            else { continue }
            return "backend CA \(backendCA.name): \(sign)"
        }
        return nil
    }

    /// A person takes the folder of a CA of our own for what there is, although more was signed before.
    ///
    /// - Returns: whether something said that it is an older copy.
    /// - Throws: `SettingsError` for a backend CA that cannot be used, or is none of our own; `ConnectorError`.
    public func acceptFolder(_ name: String, by caller: Caller) async throws -> Bool {
        let wish = Entrance.Wish(.acceptRestore, AuditObject(.ca, name))
        return try await Entrance(caller, gateway.ledger.audit).pass(.configure, to: wish, .all) {
            try await accept(name, caller.name)
        }
    }

    private func accept(_ name: String, _ actor: String) async throws -> Bool {
        guard let authority = try ready(name).connector as? any AuthorityRunning else {
            throw SettingsError(
                "backend CA \"\(name)\" is no CA of your own: it has no folder that could be an older copy",
                at: .commandLine)
        }
        let watch = gateway.authorityWatch
        guard try await watch.sign(name, { try await authority.state() }) != nil else { return false }
        try await watch.accept(name, authority.state(), by: AuditActor(named: actor))
        return true
    }

    /// What the account may order.
    ///
    /// - Throws: `SettingsError` with what the profile knows, for a CA that cannot be asked.
    public func products(_ name: String) async throws -> [OfferedProduct] {
        let backend = try ready(name)
        guard let lister = backend.ability((any ProductListing).self, .listProducts) else {
            let known = backend.profile.products.map(\.id)
            throw SettingsError(
                backend.explainMissing(.listProducts) + "; "
                    + (known.isEmpty
                        ? "its profile names none either: 'product' of a template is what this CA's administrator calls it"
                        : "its profile knows: \(known.joined(separator: ", "))"))
        }
        return try await lister.products().map {
            OfferedProduct(product: $0, isInProfile: backend.profile.product($0.id) != nil)
        }
    }
}
