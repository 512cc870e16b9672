// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Gateway
public import HandOver
public import JSONDocuments
import KeyArchival
public import Ledger
import Notification
import PKIX
import Planning
import Records
public import Secrets
import Settings

/// Certificates with their keys for people whose device nobody manages: a file behind a link that works once and for one person, and its
/// password on the page of that person alone. Who offers sees neither.
public struct HandOverAdministration: Sendable {
    /// Characters of the password: it carries the strength where a device opens weak files alone.
    static let passwordLength = 32

    let gateway: Gateway
    let caller: Caller
    var entrance: Entrance { Entrance(caller, gateway.ledger.audit) }

    public init(_ gateway: Gateway, _ caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// What was offered.
    public struct Offer: Sendable {
        /// Where the recipient fetches the file; good once, for the recipient signed in.
        public let link: String
        public let package: OneTimePackage
        let now: Date

        public var json: JSONValue {
            ["dryRun": false, "link": .string(link), "package": package.json(at: now)]
        }
    }

    // MARK: - Offering

    /// Offers somebody their own certificate for another device. The person is told.
    ///
    /// - Parameter record: in force, with its working copy still there.
    /// - Returns: nil for a dry run.
    /// - Throws: `AccessDenied`; `Obstacle` where it cannot be.
    public func offer(
        _ record: CertificateRecord, for device: HandOverDevice, isDryRun: Bool
    ) async throws -> Offer? {
        try await entrance.pass(.redeliver, to: wish(record), isDryRun ? .byTheUseCase : .all) {
            let settings = try await require(record)
            let key = try await workingKey(of: record)
            return isDryRun ? nil : try await offer(record, key, device, settings)
        }
    }

    /// Offers the caller one of their own certificates for another device, after a sign-in that is new. The key comes from the working copy,
    /// else from the archive where the configuration lets owners recover.
    ///
    /// - Parameter authenticatedAt: when the tenant has asked for password or key; nil where it does not say so.
    /// - Throws: as `offer`, and `Obstacle` for somebody else's certificate and for a sign-in that is too old or unknown.
    public func offerOwn(
        _ number: Int64, for device: HandOverDevice, authenticatedAt: Date?, isDryRun: Bool
    ) async throws -> Offer? {
        let object = AuditObject(.certificate, "number \(number)")
        let wish = Entrance.Wish(.offerPackage, object, person: caller.name)
        return try await entrance.pass(.recoverOwn, to: wish, isDryRun ? .byTheUseCase : .all) {
            let record = try await OwnCertificates(gateway, caller).own([number])[0]
            let settings = try await require(record)
            let recoveries = RecoveryAdministration(gateway, caller: caller)
            try recoveries.requireNewSignIn(authenticatedAt, within: gateway.configuration.recovery.signedInWithin)
            if isDryRun { return nil }
            let key: PrivateKey
            if let kept = try await sealedKey(of: record) {
                key = kept
            } else {
                key = try await archivedKey(of: record, recoveries)
            }
            return try await offer(record, key, device, settings)
        }
    }

    func wish(_ record: CertificateRecord) -> Entrance.Wish {
        Entrance.Wish(
            .offerPackage, AuditObject(.certificate, record.serialNumber), person: record.userPrincipalName)
    }

    func require(_ record: CertificateRecord) async throws -> HandOverConfiguration {
        guard let settings = gateway.configuration.handOver else {
            throw Obstacle("nothing is handed over here", instead: "section 'handOver' of the configuration lets it be")
        }
        try record.requireInForce(at: gateway.ledger.clock.now())
        try await requireOfPerson(record)
        try await requireStanding(record)
        return settings
    }

    /// A file and its password are fetched by whoever signs in as the certificate's owner, or mailed to them.
    private func requireOfPerson(_ record: CertificateRecord) async throws {
        let order = try await gateway.ledger.order(record.orderID)
        // Nobody signs in as a shared mailbox: its account is disabled.
        let isForMailbox =
            order.flatMap { try? OrderTerms(json: $0.request) }?.isForMailbox
            ?? (gateway.configuration.template(record.template)?.mailboxes != nil)
        guard !isForMailbox else {
            throw Obstacle(
                "\(record.serialNumber) is a mailbox's certificate", instead: "its key goes to those who may open it")
        }
        guard order?.hasForeignKey != true else {
            throw Obstacle(
                "the key of \(record.serialNumber) was never here: its certificate was requested",
                instead: "it is where the request was made")
        }
    }

    /// What forbids an offer ends an open one as well: a revocation, also one that is only asked for, and the loss of the account.
    private func requireStanding(_ record: CertificateRecord) async throws {
        try record.requireInForce(at: gateway.ledger.clock.now())
        let asked = try await gateway.ledger.standingActions(certificateIDs: [record.id])[record.id] ?? []
        guard !asked.contains(where: { $0.kind == .revoke }) else {
            throw Obstacle("certificate \(record.serialNumber) is being revoked")
        }
        let person = try await gateway.mirror.peopleAsMembers(ids: [record.subscriberID]).first
        guard let person, person.isDeleted || !person.person.isAccountEnabled else { return }
        throw Obstacle(
            "the account of \(record.userPrincipalName) is \(person.isDeleted ? "deleted" : "disabled")",
            instead: "a key recovery agent may recover the key for somebody else")
    }

    private func offer(
        _ record: CertificateRecord, _ key: PrivateKey, _ device: HandOverDevice, _ settings: HandOverConfiguration
    ) async throws -> Offer {
        let password = SecureRandom.password(length: Self.passwordLength)
        let file = try await file(record, key, device, password)
        let about = Self.about(record)
        let lifetime = settings.lifetime / .seconds(1)
        func new(_ purpose: OneTimePackage.Purpose, _ name: String, _ type: String) -> NewPackage {
            var package = NewPackage(
                purpose, about: about, for: .person(id: record.subscriberID), named: record.userPrincipalName,
                by: caller.name, lifetime: lifetime, fileName: name, mediaType: type)
            package.hints = ["device": .string(device.rawValue), "serialNumber": .string(record.serialNumber)]
            return package
        }
        let packages = gateway.packages
        let prepared = try packages.prepare(
            new(.handOver, Self.fileName, Self.mediaType), content: Secret(file))
        let preparedPassword = try packages.prepare(
            new(.handOverPassword, "password.txt", "text/plain"), content: password)
        let base = gateway.configuration.console?.publicURL ?? ""
        // Behind #, so that it stands in no log of a server.
        let link = "\(base)/my#package=\(prepared.secret.value.revealed)"
        let secrets = NoticeSecrets(["link": link], under: try gateway.sealingKey())
        let now = gateway.ledger.clock.now()
        let actor = caller.name
        let package = try await gateway.database.write { connection in
            // A newer file takes the place of one that was not fetched, with its password.
            try packages.withdraw(about: about, [.handOver, .handOverPassword], by: actor, on: connection)
            let package = try packages.offer(prepared, on: connection)
            _ = try packages.offer(preparedPassword, on: connection)
            try NoticeOutbox.post(
                event: .handedOver, about: "package \(package.id)", to: .person(subscriberID: record.subscriberID),
                values: [
                    "until": Self.moment(package.endsAt), "what": "certificate", "device": device.title,
                    "passwordBy": "\(base)/my", "steps": "\(base)/manual/hand-over", "template": record.template,
                ], secrets: secrets, at: now, in: connection)
            return package
        }
        return Offer(link: link, package: package, now: now)
    }

    /// For people, to the minute.
    private static func moment(_ date: Date) -> String {
        "\(date.ISO8601Format().prefix(16).replacing("T", with: " ")) UTC"
    }

    static let fileName = "certificate.p12"
    static let mediaType = "application/x-pkcs12"

    func file(
        _ record: CertificateRecord, _ key: PrivateKey, _ device: HandOverDevice, _ password: Secret
    ) async throws -> [UInt8] {
        let chain = try record.certificates
        return try await PasswordWork.run {
            try PKCS12Bundle(key: key, certificate: chain[0], chain: Array(chain.dropFirst())).encrypted(
                password: password, encryption: device.encryption, friendlyName: record.userPrincipalName)
        }
    }

    // MARK: - Looking at offers, and taking them back

    /// The files that are, or were, on offer of a certificate, newest first; their passwords go with them and are not listed.
    ///
    /// - Throws: `AccessDenied`, `StoreError`.
    public func offers(of record: CertificateRecord) async throws -> [HandedOver] {
        try await entrance.require(.readCertificates)
        return try await handedOver(
            gateway.packages.list(about: Self.about(record)).filter { $0.purpose == .handOver })
    }

    /// Takes back a file that nobody has fetched yet, with its password: its link leads to nothing from then on.
    ///
    /// - Parameter number: of the package.
    /// - Throws: `AccessDenied`; `Obstacle` for one that is not there or has ended.
    public func withdraw(_ number: Int64, because cause: String, isDryRun: Bool) async throws -> HandedOver {
        let wish = Entrance.Wish(.endPackage, AuditObject(.package, String(number)), because: cause)
        return try await entrance.pass(.redeliver, to: wish, isDryRun ? .byTheUseCase : .all) {
            guard let package = try await gateway.packages.look(.number(number)), package.purpose == .handOver else {
                throw Obstacle("no certificate was offered under number \(number)")
            }
            if package.ending == .mailed {
                try await withdrawMails(of: package, because: cause, isDryRun: isDryRun)
                return try await handedOver([package])[0]
            }
            if let ending = package.ending(at: gateway.ledger.clock.now()) {
                throw Obstacle(
                    "the file has ended already: \(ending.rawValue)",
                    instead: ending == .fetched
                        ? "have the certificate revoked if the wrong person has it" : "there is nothing to take back")
            }
            guard !isDryRun else { return HandedOver(package: package, mails: []) }
            guard try await gateway.packages.withdraw(package, by: caller.name, because: cause) else {
                throw Obstacle("the file was fetched meanwhile", instead: "look again")
            }
            let now = try await gateway.packages.look(.number(number)) ?? package
            return HandedOver(package: now, mails: [])
        }
    }

    private static let subject = "certificate "

    static func about(_ record: CertificateRecord) -> String { "\(subject)\(record.id)" }

    private static func certificate(in package: OneTimePackage) -> Int64? {
        package.about.hasPrefix(subject) ? Int64(package.about.dropFirst(subject.count)) : nil
    }

    // MARK: - Where the key comes from; there is no other way

    /// The sealed working copy; nil where it is erased.
    private func sealedKey(of record: CertificateRecord) async throws -> PrivateKey? {
        guard let order = try await gateway.ledger.order(record.orderID), !order.hasForeignKey,
            let sealed = try await gateway.ledger.key(orderID: order.id)?.sealed
        else { return nil }
        return try PrivateKey(pkcs8: try gateway.sealingKey().open(sealed, context: order.reference))
    }

    func workingKey(of record: CertificateRecord) async throws -> PrivateKey {
        guard let key = try await sealedKey(of: record) else {
            let archived = try await gateway.ledger.archivedCertificates(among: [record.id])
            // Nobody is sent where nothing is to be had.
            let isThere =
                Obstacle.found {
                    try requireArchived(record, archived)
                    try RecoveryAdministration(gateway, caller: caller).requireOpeningByOwner()
                } == nil
            throw Obstacle(
                "the working copy of the key of \(record.serialNumber) is erased",
                instead: (isThere ? "the person fetches it at /my after signing in anew; or " : "")
                    + "handOver.keepKeyFor keeps copies of later certificates for a while")
        }
        return key
    }

    /// Out of the archive, for its owner. On record before anything is handed out, whatever comes of it.
    private func archivedKey(
        of record: CertificateRecord, _ recoveries: RecoveryAdministration
    ) async throws -> PrivateKey {
        var attempt = KeyRecoveryAttempt(
            certificate: record.serialNumber, actor: caller.name, purpose: "the owner, for another device")
        (attempt.orderID, attempt.subscriber) = (record.orderID, record.userPrincipalName)
        do {
            try recoveries.requireOpeningByOwner()
            guard let archived = try await gateway.ledger.archivedKey(certificateID: record.id) else {
                throw Self.isNowhere
            }
            let key = try await recoveries.open(
                archived, as: nil, nil, of: try record.certificates[0], noting: &attempt)
            attempt.outcome = .recovered
            try await gateway.ledger.record(attempt)
            return key
        } catch {
            if attempt.outcome != .recovered {
                attempt.outcome = error is Obstacle || error is SettingsError ? .refused : .failed
                attempt.detail = "\(error)"
                try await gateway.ledger.record(attempt)
            }
            throw error
        }
    }

    private static let isNowhere = Obstacle(
        "the key of this certificate is neither kept nor archived", instead: "ask for a new one")

    private func requireArchived(_ record: CertificateRecord, _ archived: Set<Int64>) throws {
        guard archived.contains(record.id) else { throw Self.isNowhere }
    }

    /// What keeps their owner from being offered certificates, by number, as `offerOwn` would say it but for the age of the sign-in; nil
    /// for nothing. Some questions to the database for each in force.
    ///
    /// - Parameter archived: those whose keys are in the archive.
    /// - Throws: `StoreError`.
    func ownObstacles(
        _ records: [CertificateRecord], archived: Set<Int64>
    ) async throws -> [Int64: Obstacle] {
        let recoveries = RecoveryAdministration(gateway, caller: caller)
        var obstacles: [Int64: Obstacle] = [:]
        for record in records {
            do {
                _ = try await require(record)
                guard try await !hasWorkingCopy(record) else { continue }
                try requireArchived(record, archived)
                try recoveries.requireOpeningByOwner()
            } catch let obstacle as Obstacle {
                obstacles[record.id] = obstacle
            }
        }
        return obstacles
    }

    private func hasWorkingCopy(_ record: CertificateRecord) async throws -> Bool {
        guard let order = try await gateway.ledger.order(record.orderID), !order.hasForeignKey else { return false }
        return try await gateway.ledger.key(orderID: order.id)?.sealed != nil
    }

    // MARK: - The recipient

    /// Whether what lies ready may still be fetched; what may not is taken back, and its content erased.
    private func requireStanding(of package: OneTimePackage) async throws {
        guard package.ending == nil, let number = Self.certificate(in: package),
            let record = try await gateway.ledger.certificate(number)
        else { return }
        do {
            try await requireStanding(record)
        } catch let obstacle as Obstacle {
            _ = try await gateway.packages.withdraw(package, by: OrderLedger.planner, because: "\(obstacle)")
            throw obstacle
        }
    }

    /// What lies, or has lain, ready for the caller.
    ///
    /// - Throws: `AccessDenied`.
    public func ownPackages() async throws -> [OneTimePackage] {
        try await entrance.require(.readOwn)
        guard let id = caller.objectID else { return [] }
        return try await gateway.packages.list(for: .person(id: id)).filter {
            [.handOver, .handOverPassword].contains($0.purpose)
        }
    }

    /// Fetches the file of a link, once.
    ///
    /// - Parameter token: what the link carries.
    /// - Throws: `AccessDenied`; `Obstacle` where there is nothing for the caller: never whose it is.
    public func fetch(token: String) async throws -> (content: Secret, package: OneTimePackage) {
        guard let secret = OneTimePackages.Way.link(token) else { throw Obstacle(Self.nothing) }
        return try await fetch(secret, .handOver)
    }

    /// Fetches the password of a file, once.
    ///
    /// - Parameter number: of its package.
    public func password(_ number: Int64) async throws -> Secret {
        try await fetch(.number(number), .handOverPassword).content
    }

    private static let nothing = "there is nothing to fetch by this link"

    private func fetch(
        _ way: OneTimePackages.Way, _ purpose: OneTimePackage.Purpose
    ) async throws -> (content: Secret, package: OneTimePackage) {
        try await entrance.require(.recoverOwn)
        guard let id = caller.objectID, let open = try await gateway.packages.look(way), open.purpose == purpose else {
            throw Obstacle(Self.nothing)
        }
        if open.recipient == .person(id: id.lowercased()) { try await requireStanding(of: open) }
        switch try await gateway.packages.fetch(way, as: .person(id: id), named: caller.name) {
        case .content(let content, let package): return (content, package)
        case .ended(let package) where package.recipient == .person(id: id.lowercased()):
            let at = package.endedAt?.ISO8601Format() ?? "?"
            throw Obstacle(
                package.ending == .fetched
                    ? "it was fetched at \(at) by \(package.endedBy ?? "?")"
                    : "it has ended at \(at): \(package.ending?.rawValue ?? "?")",
                instead: "have it offered again; if it was not you, have the certificate revoked")
        case .ended, .foreign, .unknown: throw Obstacle(Self.nothing)
        }
    }
}
