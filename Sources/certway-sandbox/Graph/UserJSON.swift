// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Users as Graph shows them (wire/graph-directory.md section 5).
enum UserJSON {
    /// What comes without `$select`.
    static let defaults = [
        "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone", "officeLocation",
        "preferredLanguage", "surname", "userPrincipalName",
    ]

    private static let properties: [String: @Sendable (Person) -> JSONValue] = [
        "id": { .string($0.id) },
        "userPrincipalName": { .string($0.userPrincipalName) },
        "displayName": { .string($0.displayName) },
        "givenName": { JSONValue($0.givenName) },
        "surname": { JSONValue($0.surname) },
        "mail": { JSONValue($0.mail) },
        "proxyAddresses": { JSONValue($0.proxyAddresses) },
        "otherMails": { JSONValue($0.otherMails) },
        "accountEnabled": { .bool($0.isEnabled) },
        "preferredLanguage": { JSONValue($0.preferredLanguage) },
        "employeeId": { JSONValue($0.employeeId) },
        "userType": { .string($0.userType) },
        "jobTitle": { JSONValue($0.jobTitle) },
        "businessPhones": { _ in [] },
        "mobilePhone": { _ in nil },
        "officeLocation": { _ in nil },
        "department": { _ in nil },
        "companyName": { _ in nil },
        "mailNickname": { .string(String($0.userPrincipalName.prefix { $0 != "@" })) },
        "securityIdentifier": { .string(SecurityIdentifier.cloud(ofID: $0.id)) },
        "onPremisesSecurityIdentifier": { JSONValue($0.onPremisesNumber.map(SecurityIdentifier.onPremises)) },
        "onPremisesImmutableId": { person in
            JSONValue(person.onPremisesNumber.map { Data("immutable-\($0)".utf8).base64EncodedString() })
        },
        "onPremisesSyncEnabled": { $0.onPremisesNumber == nil ? nil : true },
        "onPremisesUserPrincipalName": { $0.onPremisesNumber == nil ? nil : .string($0.userPrincipalName) },
        "onPremisesSamAccountName": { JSONValue($0.onPremisesSamAccountName) },
        "onPremisesDomainName": { $0.onPremisesNumber == nil ? nil : "corp.sandbox.example" },
        "authorizationInfo": { ["certificateUserIds": JSONValue($0.certificateUserIDs)] },
        "deletedDateTime": { person in
            if case .deleted(let date) = person.presence { .string(Timestamp.utc(date)) } else { nil }
        },
    ]

    /// Refuses a selection of what users do not have.
    static func check(_ select: [String]) throws(Reply) {
        if select.contains("mailboxSettings") {
            throw GraphError.reply(
                501, "ExplicitTargetMailboxIdShouldNotBeNullOrWhiteSpace", "mailboxSettings cannot be selected here.")
        }
        for name in select where properties[name] == nil {
            throw GraphError.badRequest(
                "Parsing OData Select and Expand failed: Could not find a property named '\(name)' on type "
                    + "'microsoft.graph.user'.")
        }
    }

    /// - Parameter showsProperties: false for a caller who may see who is there, but nothing about them.
    static func value(_ person: Person, select: [String], showsProperties: Bool = true) -> JSONValue {
        var members: [String: JSONValue] = ["id": .string(person.id)]
        for name in select where name != "id" {
            members[name] = showsProperties ? properties[name]?(person) ?? .null : .null
        }
        return .object(members)
    }
}
