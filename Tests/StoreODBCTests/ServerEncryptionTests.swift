// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Secrets
import Store
import StoreODBC
import TestSupport
import Testing
import ThrowAwayServers

/// Who answers must be who was meant, or nobody is told the password.
@Suite(.timeLimit(.minutes(5))) struct ServerEncryptionTests {
    @Test(arguments: ThrowAwayEngine.allCases)
    func anotherCAsCertificateIsRefused(_ engine: ThrowAwayEngine) async throws {
        var place = try await TestPlace(engine)
        let other: ThrowAwayEngine = engine == .mariadb ? .postgresql : .mariadb
        place.address.certificateAuthorities = try await TestServers.shared(other).certificateAuthority
        let error = await failure { _ = try await place.open() }
        #expect(error?.code == .connection)
        #expect(error?.message.contains("TLS") == true)
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func anotherNameIsRefused(_ engine: ThrowAwayEngine) async throws {
        let place = try await TestPlace(engine)
        let proxy = try CuttingProxy(host: "127.0.0.2", to: place.server.port)
        var elsewhere = place.through(port: proxy.port)
        elsewhere.address.host = "127.0.0.2"
        #expect(await code { _ = try await elsewhere.open() } == .connection)
        // The same way is good under a name that stands in the certificate.
        let good = try CuttingProxy(to: place.server.port)
        var named = place.through(port: good.port)
        named.address.host = "127.0.0.1"
        let database = try await named.open()
        await database.close()
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func aServerWithoutTLSIsRefused(_ engine: ThrowAwayEngine) async throws {
        let server = try await ThrowAwayServer(engine, options: [engine == .mariadb ? "--skip-ssl" : "-cssl=off"])
        let place = try await TestPlace(on: server)
        #expect(await code { _ = try await place.open() } == .connection)
        let database = try await place.plain.open()
        await database.close()
        try await server.end()
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func aWrongPasswordOrDatabaseIsSaidToBeOne(_ engine: ThrowAwayEngine) async throws {
        let place = try await TestPlace(engine)
        let wrong = ServerCredential.password { Secret("hunter2};Pwd=x") }
        let error = await failure { _ = try await ODBCDatabase.open(place.address, wrong) }
        #expect(error?.code == .permission)
        #expect("\(error?.message ?? "")\(error?.detail ?? "")".contains("hunter2") == false)
        var nowhere = place
        nowhere.address.database = "no_such_database"
        #expect(await code { _ = try await nowhere.open() } == .permission)
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func aMissingDriverIsNamed(_ engine: ThrowAwayEngine) async throws {
        var place = try await TestPlace(engine)
        place.address.driver = "No Such Driver"
        let error = await failure { _ = try await place.open() }
        #expect(error?.code == .driverMissing)
        #expect(error?.message.contains("No Such Driver") == true)
    }

    @Test(arguments: ThrowAwayEngine.allCases)
    func aServerThatIsNotThereIsAPassingTrouble(_ engine: ThrowAwayEngine) async throws {
        // Nobody listens on port 1.
        let place = try await TestPlace(engine).through(port: 1)
        let error = await failure { _ = try await place.open() }
        #expect(error?.code == .connection)
        #expect(error?.isTransient == true)
    }
}
