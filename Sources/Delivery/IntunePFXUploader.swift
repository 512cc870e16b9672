// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import MicrosoftGraph
import PKIX
import Secrets

/// Hands certificates with their keys to Intune, as imported PFX (wire/intune-pfx.md).
///
/// Every upload has a password of its own, which leaves this process only encrypted to the connector's key. File and
/// password go in one request, so an entity that exists is whole, whoever's request made it.
public struct IntunePFXUploader: Sendable {
    private static let collection = ["deviceManagement", "userPfxCertificates"]
    private let graph: GraphClient
    private let settings: Result<IntuneSettings, GraphError>
    private let (providerName, keyName): (String, String)

    public init(graph: GraphClient, settings: IntuneSettings) {
        self.graph = graph
        self.settings = .success(settings)
        (providerName, keyName) = (settings.providerName, settings.keyName)
    }

    /// One that lists and deletes, and delivers nothing.
    ///
    /// - Parameters:
    ///   - refusal: why, in one sentence.
    ///   - providerName: as in `IntuneSettings`, and so `keyName`.
    public init(graph: GraphClient, deliveringNothing refusal: String, providerName: String, keyName: String) {
        self.graph = graph
        settings = .failure(GraphError(.configuration, refusal))
        (self.providerName, self.keyName) = (providerName, keyName)
    }

    /// Sees to it that Intune holds this certificate for this user. Safe to call again after any error.
    ///
    /// Intune is asked first; a create whose answer was lost is looked up and never repeated blindly. What stood there before
    /// is replaced: Intune names the connector's key and does not show it, so a password encrypted to an earlier key of the
    /// same name looks like one that the connector can open.
    /// - Parameters:
    ///   - certificateChain: leaf first, root left out.
    ///   - userID: object id in Entra ID.
    ///   - purpose: the tag that a device profile must have too.
    ///   - encryption: of the file; nil for that of the settings.
    /// - Throws: `GraphError`: kind `permission` or `configuration` (operator), `refused` (user unknown or without
    ///   licence), `transient`, `throttled` or `outcomeUnknown` (call again later); `PKIXError` when key and
    ///   certificate do not fit.
    public func deliver(
        key: PrivateKey, certificateChain: [Certificate], userID: String, userPrincipalName: String,
        purpose: IntendedPurpose, encryption: PKCS12Bundle.Encryption? = nil
    ) async throws -> DeliveryReceipt {
        guard let leaf = certificateChain.first, try leaf.publicKey == key.publicKey else {
            throw GraphError(.refused, "the private key does not belong to the certificate: nothing was delivered")
        }
        let settings = try settings.get()
        let bundle = PKCS12Bundle(key: key, certificate: leaf, chain: Array(certificateChain.dropFirst()))
        let encryption = encryption ?? settings.encryption
        let thumbprint = leaf.sha1Fingerprint
        let wanted = UserPFXCertificate(
            id: UserPFXCertificate.id(userID: userID, thumbprint: thumbprint), thumbprint: thumbprint,
            intendedPurpose: purpose.rawValue,
            userPrincipalName: userPrincipalName, startDateTime: leaf.notBefore, expirationDateTime: leaf.notAfter,
            providerName: settings.providerName, keyName: settings.keyName,
            paddingScheme: settings.paddingScheme.rawValue)
        if let found = try await entity(wanted.id) {
            return try await settle(found, wanted, isOfThisCall: false, bundle, encryption)
        }
        let body = try body(of: wanted, bundle, encryption)
        do {
            let answer = UserPFXCertificate(try await graph.send(upload("POST", Self.collection, body)))
            if !answer.names(wanted) { try await confirm(wanted, filed: answer) }
            return receipt(.delivered, wanted, encryption)
        } catch let error as GraphError
            where error.kind == .outcomeUnknown || error.kind == .conflict || error.status == 400
        {
            guard let found = try await entity(wanted.id) else { throw error }
            // A conflict says that somebody else's request was first, perhaps one of a process that is gone.
            return try await settle(
                found, wanted, isOfThisCall: error.kind == .outcomeUnknown, bundle, encryption)
        }
    }

    /// An answer that does not name what was sent proves nothing, whatever its status: only what Intune holds counts. A record
    /// under another person's id would hand the key to that person's devices, so it is taken out again.
    private func confirm(_ wanted: UserPFXCertificate, filed answer: UserPFXCertificate) async throws {
        if let held = try await entity(wanted.id), held.differences(from: wanted).isEmpty { return }
        let filed = answer.isFiling(of: wanted) ? [answer] : try await records(of: wanted)
        guard let stray = filed.first(where: { $0.id != wanted.id && $0.isFiling(of: wanted) }) else {
            throw GraphError(.outcomeUnknown, "Intune confirms the PFX and does not hold it; it is delivered again")
        }
        try await remove(stray.id)
        throw GraphError(
            .configuration,
            "Intune filed the PFX under another user than the one it is for, and it was taken out again: "
                + "\(wanted.userPrincipalName) is another person's name by now, whose devices may have fetched the key; revoke "
                + "the certificate"
        )
    }

    /// What Intune holds of this certificate under the name it was sent for, whoever's id it was filed under.
    private func records(of wanted: UserPFXCertificate) async throws -> [UserPFXCertificate] {
        try await records(thumbprint: wanted.thumbprint, under: wanted.userPrincipalName)
    }

    private func records(thumbprint: String, under userPrincipalName: String) async throws -> [UserPFXCertificate] {
        try await list(
            filter: "tolower(userPrincipalName) eq \(GraphRequest.literal(userPrincipalName.lowercased())) and "
                + "tolower(thumbprint) eq \(GraphRequest.literal(thumbprint))")
    }

    /// What earlier uploads of a certificate have put under somebody else: Intune files by the name at the moment of the
    /// upload, and a name may have gone to another person. Asked before anything else is done about a delivery that was begun:
    /// its answer may be lost, and taking the stray out may have failed.
    ///
    /// - Parameters:
    ///   - userID: object id of the person whom the certificate is for; what is filed under it stays.
    ///   - thumbprint: SHA-1 fingerprint of the certificate in hex.
    ///   - names: user principal names under which uploads have left.
    /// - Returns: ids for `takeOut(stray:)`, each once.
    /// - Throws: `GraphError`; it is to be called again then.
    public func strays(userID: String, thumbprint: String, sentUnder names: [String]) async throws -> [String] {
        let own = UserPFXCertificate.id(userID: userID, thumbprint: thumbprint)
        var found: [String] = []
        for name in names {
            for stray in try await records(thumbprint: thumbprint, under: name)
            where stray.id != own && stray.thumbprint == thumbprint && !found.contains(stray.id) {
                found.append(stray.id)
            }
        }
        return found
    }

    /// Takes out what `strays` has found; what is gone already counts as success.
    ///
    /// - Throws: `GraphError`.
    public func takeOut(stray id: String) async throws { try await remove(id) }

    /// Takes a certificate out of delivery, and makes sure that it is gone; one that is gone already counts as success. The CA is not
    /// told.
    ///
    /// - Parameter thumbprint: SHA-1 fingerprint of the certificate in hex.
    /// - Returns: whether it was there.
    /// - Throws: `GraphError`.
    @discardableResult
    public func withdraw(userID: String, thumbprint: String) async throws -> Bool {
        let id = UserPFXCertificate.id(userID: userID, thumbprint: thumbprint)
        guard try await remove(id) else { return false }
        guard try await entity(id) == nil else {
            throw GraphError(.transient, "Intune confirms that the PFX is deleted, and still holds it")
        }
        return true
    }

    /// - Returns: false when it was gone already.
    @discardableResult
    private func remove(_ id: String) async throws -> Bool {
        do {
            try await graph.send(GraphRequest("DELETE", Self.collection + [id], version: .beta))
            return true
        } catch let error as GraphError where error.kind == .notFound {
            return false
        }
    }

    /// One imported PFX; nil when Intune does not hold it.
    ///
    /// - Throws: `GraphError`.
    public func certificate(userID: String, thumbprint: String) async throws -> UserPFXCertificate? {
        try await entity(UserPFXCertificate.id(userID: userID, thumbprint: thumbprint))
    }

    /// Everything Intune holds for a user, or for everybody; fetched page by page, the result grows with the answer.
    ///
    /// - Throws: `GraphError`.
    public func certificates(of userPrincipalName: String? = nil) async throws -> [UserPFXCertificate] {
        try await list(
            filter: userPrincipalName.map {
                "tolower(userPrincipalName) eq \(GraphRequest.literal($0.lowercased()))"
            })
    }

    /// Everything Intune holds of a certificate, under whomever.
    ///
    /// - Parameter thumbprint: SHA-1 fingerprint in hex.
    /// - Throws: `GraphError`.
    public func certificates(thumbprint: String) async throws -> [UserPFXCertificate] {
        try await list(filter: "tolower(thumbprint) eq \(GraphRequest.literal(thumbprint.lowercased()))")
    }

    private func list(filter: String?) async throws -> [UserPFXCertificate] {
        let query = filter.map { [("$filter", $0)] } ?? []
        let request = GraphRequest("GET", Self.collection, version: .beta, query: query)
        var result: [UserPFXCertificate] = []
        for try await page in graph.pages(request) { result += page.items.map(UserPFXCertificate.init) }
        return result
    }

    /// Which connector key passwords are encrypted to, as a name that changes with it; nil while nothing is delivered.
    public var connector: String? {
        try? settings.get().connector
    }

    /// Whether an imported PFX was made for the key that this gateway delivers for.
    public func isOurs(_ entity: UserPFXCertificate) -> Bool {
        entity.providerName == providerName && entity.keyName == keyName
    }

    /// Whether imported PFX can be read and written: permission, licence, reachability. Costs one page and writes nothing:
    /// that writing is allowed is read off the token, which names its permissions.
    ///
    /// - Throws: `GraphError` naming the permission that is missing.
    public func check() async throws -> WriteAccess {
        let needed = [GraphPermission.writeImportedPFX]
        do {
            let request = GraphRequest("GET", Self.collection, version: .beta, query: [("$select", "id")])
            for try await _ in graph.pages(request) { break }
        } catch let error as GraphError where error.kind == .permission {
            let missing = try? await graph.missing(needed)
            throw error.naming(needed, missing: missing ?? nil)
        }
        guard let missing = try await graph.missing(needed) else { return .unknown }
        guard missing.isEmpty else {
            throw GraphError(.permission, "imported PFX can be read, and not be written: \(Self.remedy)")
        }
        return .granted
    }

    private static let remedy =
        "grant the application permission \(GraphPermission.writeImportedPFX.name) in Entra ID with admin consent; it takes "
        + "some minutes"

    private func entity(_ id: String) async throws -> UserPFXCertificate? {
        do {
            let found = UserPFXCertificate(
                try await graph.send(GraphRequest("GET", Self.collection + [id], version: .beta)))
            guard found.id == id else {
                throw GraphError(.transient, "Intune was asked for one PFX and answers with another, or with none")
            }
            return found
        } catch let error as GraphError where error.kind == .notFound {
            return nil
        }
    }

    /// Leaves an entity alone that this call has made and that says what we want, and replaces any other.
    private func settle(
        _ found: UserPFXCertificate, _ wanted: UserPFXCertificate, isOfThisCall: Bool, _ bundle: PKCS12Bundle,
        _ encryption: PKCS12Bundle.Encryption
    ) async throws -> DeliveryReceipt {
        if isOfThisCall, found.differences(from: wanted).isEmpty {
            return receipt(.alreadyThere, wanted, encryption)
        }
        let body = try body(of: wanted, bundle, encryption)
        let answer = UserPFXCertificate(try await graph.send(upload("PATCH", Self.collection + [wanted.id], body)))
        if !answer.names(wanted) {
            guard let held = try await entity(wanted.id), held.differences(from: wanted).isEmpty else {
                throw GraphError(
                    .outcomeUnknown, "Intune confirms a change that it has not made; it is delivered again")
            }
        }
        return receipt(.updated, wanted, encryption)
    }

    private func receipt(
        _ outcome: DeliveryReceipt.Outcome, _ wanted: UserPFXCertificate, _ encryption: PKCS12Bundle.Encryption
    ) -> DeliveryReceipt {
        DeliveryReceipt(
            outcome: outcome, entityID: wanted.id, encryption: encryption, connectorKey: connector)
    }

    private func upload(_ method: String, _ path: [String], _ body: JSONValue) -> GraphRequest {
        var request = GraphRequest(method, path, version: .beta, body: body)
        request.isConfidential = true
        return request
    }

    private func body(
        of entity: UserPFXCertificate, _ bundle: PKCS12Bundle, _ encryption: PKCS12Bundle.Encryption
    ) throws -> JSONValue {
        let password = SecureRandom.password(length: IntuneSettings.passwordLength)
        let file = try bundle.encrypted(password: password, encryption: encryption)
        let settings = try settings.get()
        let encrypted = try settings.publicKey.encryptOAEP(password, hash: settings.paddingScheme.hash)
        var body = entity.json
        body["encryptedPfxBlob"] = .string(Data(file).base64EncodedString())
        body["encryptedPfxPassword"] = .string(Data(encrypted).base64EncodedString())
        return body
    }
}
