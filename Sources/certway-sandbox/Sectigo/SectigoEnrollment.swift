// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// The body of an enrollment, checked (wire/sectigo-scm.md section 6): names come from the JSON, the key from the CSR.
struct SectigoEnrollment {
    let application: Application
    let organizationID: Int
    let firstName: String
    let middleName: String
    let lastName: String
    let commonName: String
    let secondaryEmails: [String]

    private static let members: Set<String> = [
        "orgId", "certType", "term", "csr", "email", "secondaryEmails", "firstName", "middleName", "lastName",
        "commonName", "phone", "eppn", "upn", "customFields", "comments",
    ]

    init(_ call: Call, account: SectigoAccount) throws(Reply) {
        let fields = try SectigoFields(call, known: Self.members)
        guard let organization = try fields.number("orgId") else { throw SectigoError.missing("orgId") }
        guard SectigoOrganization.all.contains(organization) else {
            throw SectigoError.reply(-1023, "Organization is not found.")
        }
        let (type, term) = try Self.readType(fields, organization, account.types)
        let csr = try Self.readCSR(fields)
        guard let email = try fields.text("email", atMost: 128) else { throw SectigoError.missing("email") }
        secondaryEmails = try fields.texts("secondaryEmails")
        organizationID = organization
        firstName = try fields.text("firstName") ?? ""
        middleName = try fields.text("middleName") ?? ""
        lastName = try fields.text("lastName") ?? ""
        let fullName = [firstName, middleName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
        guard !fullName.isEmpty else { throw SectigoError.missing("firstName") }
        guard fullName.unicodeScalars.count <= 64 else {
            throw SectigoError.invalid("firstName", "the names together are longer than 64 characters")
        }
        commonName = try fields.text("commonName", atMost: 64) ?? fullName
        _ = try fields.text("phone", atMost: 32)
        _ = try fields.text("eppn", atMost: 128)
        var subject: [DistinguishedName.Attribute] =
            type.namesOrganization ? [.init("C", "DE"), .init("O", SectigoOrganization.name)] : []
        if !firstName.isEmpty { subject.append(.init("GN", firstName)) }
        if !lastName.isEmpty { subject.append(.init("SN", lastName)) }
        subject += [.init("CN", commonName), .init("emailAddress", email)]
        // Not in the order in which they were sent (section 6).
        var application = Application(
            product: type.product, csr: csr, subject: DistinguishedName(subject),
            emails: [email] + secondaryEmails.filter { $0.lowercased() != email.lowercased() }.reversed())
        application.userPrincipalName = try fields.text("upn", atMost: 256)
        application.days = term
        application.reference = try fields.text("comments", atMost: 1024)
        application.requester = call.request.header("login")
        application.details = [
            "organizationID": JSONValue(organization), "term": JSONValue(term),
            "customFields": try Self.readCustomFields(
                fields, isMandatory: account.switches.own("mandatoryCustomField") == true),
        ]
        self.application = application
    }

    private static func readType(
        _ fields: SectigoFields, _ organization: Int, _ types: [SectigoCertificateType]
    ) throws(Reply) -> (SectigoCertificateType, term: Int) {
        guard let id = try fields.number("certType") else { throw SectigoError.missing("certType") }
        guard let type = types.first(where: { $0.id == id }) else {
            throw SectigoError.reply(-111, "Certificate profile \(id) is not found.")
        }
        guard type.organizations.contains(organization) else {
            throw SectigoError.reply(-172, "Invalid client certificate profile.")
        }
        guard let term = try fields.number("term") else { throw SectigoError.missing("term") }
        guard type.terms.contains(term) else {
            throw SectigoError.reply(-36, "The term \(term) is not allowed for the profile.")
        }
        return (type, term)
    }

    static func readCSR(_ fields: SectigoFields) throws(Reply) -> CertificateSigningRequest {
        guard let text = try fields.text("csr", atMost: 32_767) else { throw SectigoError.missing("csr") }
        let base64 = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard Data(base64Encoded: base64) != nil else {
            throw SectigoError.reply(-9, "The CSR is not valid Base-64 data.")
        }
        guard let csr = CertificateSigningRequest.read(text) else {
            throw SectigoError.reply(-10, "The CSR cannot be decoded.")
        }
        return csr
    }

    private static func readCustomFields(_ fields: SectigoFields, isMandatory: Bool) throws(Reply) -> JSONValue {
        var values: [String: JSONValue] = [:]
        for field in try fields.objects("customFields") {
            guard let name = field["name"]?.string, let value = field["value"]?.string, field.count == 2 else {
                throw SectigoError.unreadable("a custom field has 'name' and 'value', both texts")
            }
            guard name == "Cost centre", values[name] == nil, value.unicodeScalars.count <= 256 else {
                throw SectigoError.invalid("customFields", "'\(name)' is unknown, stands twice or is too long")
            }
            values[name] = .string(value)
        }
        guard !isMandatory || values["Cost centre"] != nil else {
            throw SectigoError.reply(-62, "Mandatory custom field 'Cost centre' is missing.")
        }
        return .object(values)
    }
}
