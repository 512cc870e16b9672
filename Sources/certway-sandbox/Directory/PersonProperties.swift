// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The properties of a user that can be changed, by their names in Graph.
enum PersonProperties {
    /// What an application may change (Microsoft Graph v1.0, "Update user").
    static let writable: Set<String> = [
        "accountEnabled", "displayName", "employeeId", "givenName", "jobTitle", "mail", "otherMails",
        "preferredLanguage",
        "surname", "userPrincipalName", "userType", "authorizationInfo",
    ]

    /// What cannot be taken away.
    static let required: Set<String> = ["accountEnabled", "displayName", "userPrincipalName"]

    /// - Returns: false for a property that people do not have, or a value of the wrong kind; nothing is changed then.
    static func set(_ name: String, to value: JSONValue, in person: inout Person) -> Bool {
        switch name {
        case "accountEnabled": value.bool.map { person.isEnabled = $0 } != nil
        case "proxyAddresses": texts(value).map { person.proxyAddresses = $0 } != nil
        case "authorizationInfo":
            texts(value["certificateUserIds"] ?? false).map { person.certificateUserIDs = $0 } != nil
        case "onPremisesSyncEnabled" where value.isNull || value == false:
            bringToCloud(&person)
        case "otherMails": texts(value).map { person.otherMails = $0 } != nil
        default: set(name, toText: value, in: &person)
        }
    }

    private static func set(_ name: String, toText value: JSONValue, in person: inout Person) -> Bool {
        guard value.isNull || value.string != nil else { return false }
        let text = value.string
        switch name {
        case "userPrincipalName": person.userPrincipalName = text ?? person.userPrincipalName
        case "displayName": person.displayName = text ?? ""
        case "userType": person.userType = text ?? "Member"
        case "givenName": person.givenName = text
        case "surname": person.surname = text
        case "mail": person.mail = text
        case "preferredLanguage": person.preferredLanguage = text
        case "employeeId": person.employeeId = text
        case "jobTitle": person.jobTitle = text
        case "mailboxPurpose": person.mailboxPurpose = text
        default: return false
        }
        return true
    }

    /// The account is no longer mastered on premises; the way back is not played.
    private static func bringToCloud(_ person: inout Person) -> Bool {
        (person.onPremisesNumber, person.onPremisesSamAccountName) = (nil, nil)
        return true
    }

    private static func texts(_ value: JSONValue) -> [String]? {
        if value.isNull { return [] }
        let texts = value.array?.compactMap(\.string)
        return texts?.count == value.array?.count ? texts : nil
    }
}
