// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Reads the body of an order and checks it against the rules of its product (wire/digicert-certcentral.md section 4).
struct OrderRequestReader {
    let product: DigiCertProduct
    let now: Date
    private let problems = FieldProblems()

    init(product: DigiCertProduct, now: Date) {
        self.product = product
        self.now = now
    }

    func read(_ members: [String: JSONValue]) throws(Reply) -> OrderRequest {
        let body = FieldReader(members, problems: problems)
        let validity = validity(body)
        let subject = product.kind == .sponsor || product.kind == .organization ? body.object("subject") : nil
        let includes = ["include_email", "include_given_name_surname", "include_pseudonym"].map {
            subject?.flag($0) ?? false
        }
        subject?.finish()
        var order = OrderRequest(
            product: product, emails: [], csr: nil, signatureHash: "", isMultipurpose: true, primaryUsage: "dual_use",
            additionalUsages: [], includesEmail: includes[0], includesNames: includes[1],
            includesPseudonym: includes[2],
            organizationID: organization(body), containerID: container(body), validity: validity,
            skipApproval: body.flag("skip_approval") ?? false, comments: body.text("comments"),
            customFields: customFields(body),
            renewalOf: body.number("renewal_of_order_id").flatMap { $0 == 0 ? nil : $0 })
        _ = body.text("payment_method", among: ["balance", "profile"])
        _ = body.flag("disable_renewal_notifications")
        body.ignore("auto_renew", "dcv_method")
        if let certificate = body.object("certificate", isRequired: true) {
            readCertificate(certificate, into: &order)
            certificate.finish()
        }
        body.finish()
        try problems.throwIfAny()
        return order
    }

    private func readCertificate(_ certificate: FieldReader, into order: inout OrderRequest) {
        order.emails = EmailRules.read(certificate, problems)
        order.csr = CSRRules.read(certificate, problems, isRequired: false)
        order.signatureHash =
            certificate.text("signature_hash", isRequired: true, among: ["sha256", "sha384", "sha512"]) ?? ""
        certificate.ignore("ca_cert_id")
        readNames(certificate, into: &order)
        guard product.isSecureEmail else {
            order.primaryUsage = product.isSigningOnly ? "signing" : "dual_use"
            order.additionalUsages = product.isSigningOnly ? [] : ["client_auth"]
            return
        }
        if certificate.text("profile_type") == "legacy" {
            problems.invalid(certificate.full("profile_type"), "The legacy profile is no longer available.")
        }
        let profile = certificate.text("profile_type", among: ["strict", "multipurpose", "legacy"])
        order.isMultipurpose = profile == "multipurpose"
        readUsage(certificate, into: &order)
    }

    private func readNames(_ certificate: FieldReader, into order: inout OrderRequest) {
        let path = certificate.full("common_name_indicator")
        switch product.kind {
        case .mailbox:
            certificate.ignore("common_name_indicator")
        case .class1:
            certificate.ignore("common_name", "common_name_indicator", "individual")
        case .organization:
            order.commonNameIndicator = certificate.text(
                "common_name_indicator", isRequired: true, among: ["email_address", "organization_name"])
        case .sponsor:
            order.commonNameIndicator = certificate.text(
                "common_name_indicator", isRequired: true, among: ["email_address", "given_name_surname", "pseudonym"])
            order.individual = individual(certificate, isRequired: true)
            checkIndicator(order, path)
        case .client:
            order.commonName = certificate.text("common_name", isRequired: true)
            order.commonNameIndicator = certificate.text(
                "common_name_indicator", among: ["given_name_surname", "pseudonym"])
            order.individual = individual(certificate, isRequired: false)
        }
    }

    private func checkIndicator(_ order: OrderRequest, _ path: String) {
        if order.commonNameIndicator == "pseudonym", order.individual?.pseudonym == nil {
            problems.invalid(path, "'pseudonym' needs certificate.individual.pseudonym.")
        }
        if order.commonNameIndicator == "given_name_surname", order.individual?.firstName == nil {
            problems.invalid(path, "'given_name_surname' needs certificate.individual.first_name and last_name.")
        }
    }

    private func individual(_ certificate: FieldReader, isRequired: Bool) -> OrderRequest.Individual? {
        guard let reader = certificate.object("individual", isRequired: isRequired) else { return nil }
        let pseudonym = reader.text("pseudonym")
        let needsNames = pseudonym == nil
        let individual = OrderRequest.Individual(
            firstName: reader.text("first_name", isRequired: needsNames),
            lastName: reader.text("last_name", isRequired: needsNames), pseudonym: pseudonym)
        reader.finish()
        return individual
    }

    private func readUsage(_ certificate: FieldReader, into order: inout OrderRequest) {
        guard let usage = certificate.object("usage_designation", isRequired: true) else { return }
        order.primaryUsage =
            usage.text("primary_usage", isRequired: true, among: ["signing", "key_management", "dual_use"]) ?? ""
        order.additionalUsages = usage.texts("additional_usages")
        let path = usage.full("additional_usages")
        for word in order.additionalUsages where word != "non_repudiation" && word != "client_auth" {
            problems.invalid(path, "Found '\(word)', expected non_repudiation or client_auth.")
        }
        if order.additionalUsages.contains("client_auth"), !order.isMultipurpose {
            problems.invalid(path, "client_auth needs the multipurpose profile.")
        }
        usage.finish()
    }

    private func organization(_ body: FieldReader) -> Int? {
        guard product.needsOrganization else { return nil }
        guard let organization = body.object("organization", isRequired: true) else { return nil }
        let id = organization.number("id", isRequired: true)
        if let id, id != DigiCertAccount.organizationID {
            problems.invalid("organization.id", "The account has no validated organization \(id).")
        }
        organization.ignore("contacts")
        organization.finish()
        return id
    }

    private func container(_ body: FieldReader) -> Int? {
        guard let container = body.object("container") else { return nil }
        let id = container.number("id", isRequired: true)
        if let id, id != DigiCertAccount.containerID { problems.invalid("container.id", "There is no division \(id).") }
        container.finish()
        return id
    }

    private func customFields(_ body: FieldReader) -> [Int: String] {
        body.ignore("custom_fields")
        var fields: [Int: String] = [:]
        for field in body.objects("custom_fields") {
            if let id = field.number("metadata_id", isRequired: true) {
                if !DigiCertAccount.metadata.contains(where: { $0.id == id }) {
                    problems.invalid(field.full("metadata_id"), "There is no custom field \(id).")
                }
                fields[id] = field.text("value", isRequired: true)
            }
            field.finish()
        }
        return fields
    }

    private func validity(_ body: FieldReader) -> OrderRequest.Validity {
        let nested = body.object("order_validity")
        let years = nested?.number("years") ?? body.number("validity_years")
        let days = nested?.number("days")
        let date = nested?.text("custom_expiration_date") ?? body.text("custom_expiration_date")
        nested?.finish()
        guard [years != nil, days != nil, date != nil].filter({ $0 }).count == 1 else {
            problems.missing("order_validity")
            return .days(365)
        }
        let end = date.flatMap(Timestamp.readDay)
        let count = days ?? years.map { $0 * 365 } ?? end.map { Int($0.timeIntervalSince(now) / 86_400) + 1 } ?? 0
        // 824 days is the longest an S/MIME certificate of these profiles may live (wire/digicert-certcentral.md section 10).
        guard (1...824).contains(count), end.map({ $0 > now }) ?? true else {
            problems.invalid("order_validity", "Expected an end in the future, at most 2 years or 824 days away.")
            return .days(365)
        }
        return end.map { .until($0) } ?? .days(count)
    }
}
