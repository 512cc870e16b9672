// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ExchangeOnline
import Foundation
import JSONDocuments
import MicrosoftGraph
public import Settings

/// The address list of Exchange Online: certificates stand in the property UserCertificate of mailbox or mail user, plain DER
/// each (wire/exchange-online.md sections 1 and 3). UserSMimeCertificate needs a signature by the person's own key, which is not at
/// hand any more when a certificate is published, so it is not written.
public struct ExchangeDirectory: CertificateDirectory {
    public let name: String
    private let client: ExchangeAdminClient
    private let form: CertificateDirectoryConfiguration.ExchangeForm

    /// Kinds of recipients, as they are looked for in turn: those that an account of the tenant can have.
    private static let recipients = ["Mailbox", "MailUser"]
    private static let properties = ["ExternalDirectoryObjectId", "UserCertificate", "IsDirSynced"]

    public init(name: String, client: ExchangeAdminClient, form: CertificateDirectoryConfiguration.ExchangeForm) {
        (self.name, self.client, self.form) = (name, client, form)
    }

    public func check() async throws -> String {
        let found = try await invoke("Get-Mailbox", ["ResultSize": 1], properties: Self.properties)
        let lacks = (try? await client.missingPermission()) == true
        return "Exchange Online answers"
            + (found.isEmpty ? ", and shows no mailbox: look at the scope of the application's role" : "")
            + (lacks ? "; the token does not carry \(ExchangeAdminClient.permission.name)" : "")
    }

    public func read(_ subject: PublicationSubject) async throws -> DirectoryEntry {
        DirectoryEntry(values: try Self.certificates(try await recipient(subject).value))
    }

    public func write(
        adding new: [[UInt8]], removing old: [[UInt8]], for subject: PublicationSubject, over present: [[UInt8]]
    ) async throws {
        let (kind, value) = try await recipient(subject)
        if value["IsDirSynced"]?.bool == true { throw Self.synchronised(subject) }
        // The list is replaced as a whole, so it is made from what is there now.
        let there = try Self.certificates(value)
        let wanted = there.filter { !old.contains($0) } + new.filter { !there.contains($0) }
        do {
            try await invoke(
                "Set-\(kind)", ["Identity": .string(subject.id), "UserCertificate": Self.list(wanted, new, old, form)])
        } catch let error as PublicationError where error.kind == .refused {
            throw PublicationError(
                .refused,
                "\(error.message); form \(form.rawValue) may be one that this tenant does not take: set another in "
                    + "directories.\(name).form")
        }
    }

    private static func list(
        _ wanted: [[UInt8]], _ new: [[UInt8]], _ old: [[UInt8]], _ form: CertificateDirectoryConfiguration.ExchangeForm
    ) -> JSONValue {
        func texts(_ values: [[UInt8]]) -> JSONValue { .array(values.map { .string(Data($0).base64EncodedString()) }) }
        switch form {
        case .base64: return texts(wanted)
        case .numbers: return .array(wanted.map { .array($0.map { JSONValue(Int($0)) }) })
        case .table:
            var table: [String: JSONValue] = ["@odata.type": "#Exchange.GenericHashTable"]
            if !new.isEmpty { table["add"] = texts(new) }
            if !old.isEmpty { table["remove"] = texts(old) }
            return .object(table)
        }
    }

    private func recipient(_ subject: PublicationSubject) async throws -> (kind: String, value: JSONValue) {
        for kind in Self.recipients {
            do {
                let found = try await invoke(
                    "Get-\(kind)", ["Identity": .string(subject.id)], properties: Self.properties)
                if let value = found.first {
                    guard found.count == 1 else {
                        throw PublicationError(.noEntry, "Exchange has several recipients of id \(subject.id)")
                    }
                    return (kind, value)
                }
            } catch let error as PublicationError where error.kind == .noEntry {
                // The next kind may have it; the last word is said below.
            }
        }
        throw PublicationError(
            .noEntry,
            "Exchange Online has no mailbox or mail user of \(subject.userPrincipalName) (\(subject.id)); a new one needs some time"
        )
    }

    /// Reads are lists of base64 texts or of numbers; a single value may come without its list.
    private static func certificates(_ recipient: JSONValue) throws(PublicationError) -> [[UInt8]] {
        guard let value = recipient["UserCertificate"], !value.isNull else { return [] }
        var list = value.array ?? [value]
        if !list.isEmpty, list.allSatisfy({ $0.int != nil }) { list = [value] }
        var found: [[UInt8]] = []
        for item in list {
            if let text = item.string, let data = Data(base64Encoded: text) {
                found.append([UInt8](data))
            } else if let numbers = item.array?.compactMap({ $0.int.flatMap { UInt8(exactly: $0) } }),
                numbers.count == item.array?.count
            {
                found.append(numbers)
            } else {
                // A list that is not understood must not be replaced by one that lacks something.
                throw PublicationError(
                    .unverified,
                    "Exchange gives certificates in a form that is not known (\(item.kindName)): nothing is changed; use "
                        + "'certway publication script' meanwhile")
            }
        }
        return found
    }

    @discardableResult
    private func invoke(
        _ cmdlet: String, _ parameters: [String: JSONValue], properties: [String] = []
    ) async throws -> [JSONValue] {
        do {
            return try await client.invoke(cmdlet, parameters, properties: properties)
        } catch let error as GraphError {
            throw PublicationError(error)
        }
    }

    private static func synchronised(_ subject: PublicationSubject) -> PublicationError {
        PublicationError(
            .elsewhere,
            "\(subject.userPrincipalName) is synchronised from the on-premises directory, and the certificate can only be written there: "
                + "name a directory of kind ldap for it in 'publish'; Entra Connect brings it to the address list")
    }
}
