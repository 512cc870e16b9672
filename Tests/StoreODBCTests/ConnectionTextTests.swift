// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Secrets
import Store
import Testing

@testable import StoreODBC

@Suite struct ConnectionTextTests {
    private func address(_ family: ServerAddress.Family) -> ServerAddress {
        ServerAddress(
            family: family, host: "db.example", database: "certway", user: "gateway",
            certificateAuthorities: "/etc/a b.pem")
    }

    private func text(_ address: ServerAddress, password: String? = "p};Server=evil") throws -> String {
        try ConnectionText(address, password: password, options: ODBCDatabase.Options()).text
    }

    @Test(arguments: ServerAddress.Family.allCases)
    func aPasswordCannotBecomeAKeyword(_ family: ServerAddress.Family) throws {
        #expect(try text(address(family)).hasSuffix("Uid=gateway;Pwd={p}};Server=evil};"))
        #expect(try text(address(family), password: nil).contains("Pwd") == false)
    }

    @Test func theCertificateAndItsNameAreVerified() throws {
        let mysql = try text(address(.mysql))
        for part in ["FORCETLS=1;", "SSLVERIFY=1;", "SSLCA={/etc/a b.pem};", "OPTION=2;"] {
            #expect(mysql.contains(part))
        }
        let postgresql = try text(address(.postgresql))
        #expect(postgresql.contains("SSLmode=verify-full;"))
        #expect(postgresql.contains("sslrootcert='/etc/a b.pem'"))
        #expect(postgresql.contains("Protocol=7.4-0;"))
        let sqlserver = try text(address(.sqlserver))
        #expect(sqlserver.contains("Encrypt=yes;TrustServerCertificate=no;"))
        #expect(sqlserver.contains("Server=tcp:db.example,1433;"))
    }

    @Test func theSystemsCertificatesAreUsedWhereNoneAreNamed() throws {
        var address = address(.mysql)
        address.certificateAuthorities = nil
        #expect(try text(address).contains("SSLCA=/etc/ssl/certs/ca-certificates.crt;"))
        address.family = .postgresql
        #expect(try text(address).contains("sslrootcert='/etc/ssl/certs/ca-certificates.crt'"))
    }

    @Test func whatPostgreSQLsDriverCannotBeToldIsRefused() {
        var address = address(.postgresql)
        address.database = "a;SSLmode=disable"
        #expect(throws: StoreError.self) { try text(address) }
    }

    /// Length in four bytes, then each byte followed by a zero.
    @Test func anAccessTokenIsSpreadForTheDriver() throws {
        let token = try AccessToken(Secret("ab.c-.d_"))
        let bytes = UnsafeRawBufferPointer(start: token.pointer, count: 20)
        #expect(bytes.loadUnaligned(as: UInt32.self) == 16)
        #expect(Array(bytes[4...]) == Array("ab.c-.d_".utf8).flatMap { [$0, 0] })
    }

    @Test(arguments: ["", "abc", "a.b", "a..c", "a.b.c.d", "a.b.c\n", "a.b.ü"])
    func whatIsNoAccessTokenIsRefused(_ text: String) {
        #expect(throws: StoreError.self) { _ = try AccessToken(Secret(text)) }
    }
}
