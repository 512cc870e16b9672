// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// `PATCH` of a user (Microsoft Graph v1.0, "Update user"): everything that is asked for, or nothing.
struct UserChange: Sendable {
    let directory: TenantDirectory

    /// - Throws: the refusal as Graph words it.
    func apply(_ body: JSONValue?, to number: Int) throws(Reply) {
        guard let properties = body?.object, !properties.isEmpty else {
            throw GraphError.badRequest("Empty Payload. JSON content expected.")
        }
        let person = directory.state.person(number)
        var changed = person
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("@odata.") {
            guard PersonProperties.writable.contains(name) else {
                throw GraphError.badRequest("Property '\(name)' is read-only and cannot be set.")
            }
            guard person.onPremisesNumber == nil else { throw GraphError.masteredOnPremises() }
            guard !value.isNull || !PersonProperties.required.contains(name),
                PersonProperties.set(name, to: value, in: &changed)
            else { throw GraphError.badRequest("Invalid value specified for property '\(name)' of resource 'User'.") }
        }
        try checkName(changed, number)
        try checkCertificateUserIDs(changed, number)
        if changed.mail != person.mail, let mail = changed.mail { changed.proxyAddresses = Self.leading(mail, person) }
        let result = changed
        directory.change { $0.change(number) { $0 = result } }
    }

    private func checkName(_ person: Person, _ number: Int) throws(Reply) {
        guard directory.presentNumber(person.userPrincipalName).map({ $0 == number }) ?? true else {
            throw GraphError.badRequest(
                "Another object with the same value for property userPrincipalName already exists.")
        }
    }

    /// At most ten, of at most 1024 characters, each in one account of the tenant (wire/entra-cba.md section 4).
    private func checkCertificateUserIDs(_ person: Person, _ number: Int) throws(Reply) {
        let values = person.certificateUserIDs
        guard values != directory.state.person(number).certificateUserIDs else { return }
        let state = directory.state
        let others = state.numbers.filter { $0 != number && state.isPresent($0) }
            .flatMap { state.person($0).certificateUserIDs }.map { $0.lowercased() }
        let own = values.map { $0.lowercased() }
        guard values.count <= 10, values.allSatisfy({ $0.count <= 1024 }), Set(own).count == own.count,
            Set(own).isDisjoint(with: others)
        else {
            throw GraphError.badRequest("Invalid value specified for property 'certificateUserIds' of resource 'User'.")
        }
    }

    /// A new address becomes the primary one, and the old one an alias.
    private static func leading(_ mail: String, _ person: Person) -> [String] {
        let others = person.proxyAddresses.filter { $0.lowercased() != "smtp:\(mail.lowercased())" }
        return ["SMTP:\(mail)"] + others.map { $0.hasPrefix("SMTP:") ? "smtp:" + $0.dropFirst(5) : $0 }
    }
}
