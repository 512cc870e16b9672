// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The domain whose accounts log in and are enrolled: a few service accounts and the people of the tenant.
///
/// People who are not synchronised have an account, too; its name is what stands before the `@` of their principal name.
final class WindowsDomain: Sendable {
    static let netBIOSName = "SANDBOX"
    static let lockThreshold = 5

    private struct State {
        /// Lower-case account name to number; nil before the first use and after a change of the directory.
        var numbersByName: [String: Int] = [:]
        var version: Int?
        /// Wrong passwords in a row, by lower-case account name.
        var failures: [String: Int] = [:]
    }

    private let directory: TenantDirectory
    private let settings: CertificateServicesSwitches
    /// The account of whoever enrolls for others.
    let gateway: WindowsAccount
    private let serviceAccounts: [(account: WindowsAccount, password: String)]
    /// The password of every person.
    let peoplePassword: String
    private let state = Mutex(State())

    init(directory: TenantDirectory, settings: CertificateServicesSwitches) {
        self.directory = directory
        self.settings = settings
        peoplePassword = Self.makePassword()
        func account(_ name: String, _ number: Int) -> WindowsAccount {
            WindowsAccount(
                name: name, userPrincipalName: "\(name)@\(PersonGenerator.domain)", displayName: name, mail: nil,
                securityIdentifier: SecurityIdentifier.onPremises(number))
        }
        gateway = account("svc-certway", 601)
        var officer = account("officer", 602)
        officer.isOfficer = true
        var reader = account("svc-reader", 603)
        reader.mayEnroll = false
        serviceAccounts = [gateway, officer, reader, account("svc-other", 604)].map { ($0, Self.makePassword()) }
    }

    /// Names and passwords, for the line that the sandbox prints.
    var passwords: [(name: String, password: String)] { serviceAccounts.map { ($0.account.name, $0.password) } }

    func password(of account: WindowsAccount) -> String {
        serviceAccounts.first { $0.account == account }?.password ?? peoplePassword
    }

    /// The account of a name in any of the forms `user`, `DOMAIN\user`, `user@domain`, principal name.
    func account(_ name: String) -> WindowsAccount? {
        let parts = name.split(separator: "\\", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2 {
            guard parts[0].lowercased() == Self.netBIOSName.lowercased() else { return nil }
            return named(parts[1])
        }
        guard let at = name.lastIndex(of: "@") else { return named(name) }
        let person = directory.presentNumber(name).map { account(of: directory.state.person($0)) }
        let domain = name[name.index(after: at)...].lowercased()
        return person ?? (domain == PersonGenerator.domain ? named(String(name[..<at])) : nil)
    }

    /// The account that `RequesterName` means: NetBIOS domain, backslash, account name (wire/adcs-http.md section 8).
    func requester(_ name: String) throws(StatusCode) -> WindowsAccount {
        let parts = name.split(separator: "\\", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].uppercased() == Self.netBIOSName else { throw .noSuchDomain }
        guard let account = named(String(parts[1])) else { throw .noSuchUser }
        return account
    }

    /// The account with that principal name.
    func account(userPrincipalName name: String) -> WindowsAccount? {
        serviceAccounts.first { $0.account.userPrincipalName == name.lowercased() }?.account
            ?? directory.presentNumber(name).map { account(of: directory.state.person($0)) }
    }

    /// A person who is synchronised with the tenant.
    var somebody: WindowsAccount? {
        let people = directory.state
        return people.numbers.lazy.filter(people.isPresent).map(people.person).first { $0.onPremisesNumber != nil }
            .map(account)
    }

    /// The account when name and password are right; too many wrong passwords lock it.
    func logIn(_ name: String, password given: String) -> WindowsAccount? {
        guard let account = account(name) else { return nil }
        return state.withLock { state in
            let key = account.name.lowercased()
            guard !settings.locksAccounts || state.failures[key, default: 0] < Self.lockThreshold else { return nil }
            guard password(of: account) == given else {
                state.failures[key, default: 0] += 1
                return nil
            }
            state.failures[key] = nil
            return account
        }
    }

    private func named(_ name: String) -> WindowsAccount? {
        let name = name.lowercased()
        if let service = serviceAccounts.first(where: { $0.account.name == name }) { return service.account }
        let people = directory.state
        let number = state.withLock { state in
            if state.version != people.version {
                state.numbersByName = [:]
                for number in people.numbers where people.isPresent(number) {
                    state.numbersByName[Self.accountName(of: people.person(number)).lowercased()] = number
                }
                state.version = people.version
            }
            return state.numbersByName[name]
        }
        return number.map { account(of: people.person($0)) }
    }

    private func account(of person: Person) -> WindowsAccount {
        WindowsAccount(
            name: Self.accountName(of: person), userPrincipalName: person.userPrincipalName,
            displayName: person.displayName, mail: person.mail,
            securityIdentifier: person.onPremisesNumber.map(SecurityIdentifier.onPremises)
                ?? SecurityIdentifier.cloud(ofID: person.id),
            cloudSecurityIdentifier: SecurityIdentifier.cloud(ofID: person.id))
    }

    private static func accountName(of person: Person) -> String {
        person.onPremisesSamAccountName ?? String(person.userPrincipalName.prefix { $0 != "@" })
    }

    private static func makePassword() -> String { "Pw1-" + GUID.random().filter { $0 != "-" }.prefix(20) }
}
