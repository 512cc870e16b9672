// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// Reads a userDataVOWS and holds it against the profiles (wire/soap.md section 5).
struct EJBCAUserReader {
    let clock: SandboxClock

    func read(_ data: SOAPRecord?) throws -> EJBCAUser {
        guard let data, let name = data.text("username"), !name.isEmpty else {
            throw EJBCAFault.profile("Username must be set.")
        }
        let authority = data.text("caName") ?? ""
        guard authority == EJBCAProfiles.authority else { throw EJBCAFault.noCA(authority) }
        let profile = data.text("endEntityProfileName") ?? ""
        guard profile == EJBCAProfiles.endEntityProfile else {
            throw EJBCAFault.profile("Couldn't find End Entity Profile \(profile).")
        }
        let certificateProfile = data.text("certificateProfileName") ?? ""
        guard let product = EJBCAProfiles.products.first(where: { $0.id == certificateProfile }) else {
            throw EJBCAFault.profile("Certificate Profile \(certificateProfile) is not available in \(profile).")
        }
        guard [nil, "USERGENERATED", "P12", "JKS", "PEM"].contains(data.text("tokenType")) else {
            throw EJBCAFault.profile("Token type \(data.text("tokenType") ?? "") is not available.")
        }
        let subject: DistinguishedName
        let names: [GeneralName]
        do {
            subject = try EJBCANames.subject(data.text("subjectDN") ?? "")
            names = try EJBCANames.alternativeNames(data.text("subjectAltName") ?? "")
        } catch {
            throw EJBCAFault.profile("\(error.word) is not a field of the end entity profile.")
        }
        guard subject.commonName?.isEmpty == false else {
            throw EJBCAFault.profile("Subject DN field COMMONNAME must exist.")
        }
        return EJBCAUser(
            name: name, password: data.text("password"), email: data.text("email"), subject: subject, names: names,
            product: product, notBefore: try time("startTime", data), notAfter: try time("endTime", data),
            status: data.int("status") ?? 10, data: data)
    }

    /// `2026-01-15 10:00:00+00:00`, the same with T, or days, hours and minutes from now.
    private func time(_ name: String, _ data: SOAPRecord) throws -> Date? {
        guard let text = data.text(name), !text.isEmpty else { return nil }
        let parts = text.split(separator: ":").compactMap { Int($0) }
        if parts.count == 3, text.split(separator: ":").count == 3 {
            return clock.now.addingTimeInterval(TimeInterval((parts[0] * 24 + parts[1]) * 60 + parts[2]) * 60)
        }
        guard let date = Timestamp.read(text.replacing(" ", with: "T")) else {
            throw EJBCAFault.general("FIELD_VALUE_NOT_VALID", "\(name) '\(text)' is not a time")
        }
        return date
    }
}
