// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Testing

@testable import StoreODBC

@Suite struct ServerFailureTests {
    private func error(
        _ family: ServerAddress.Family, _ state: String, _ native: Int32, _ text: String = "words",
        isConnected: Bool = false, secret: String? = nil
    ) -> ServerFailure {
        let address = ServerAddress(family: family, host: "db.example", database: "certway", user: "gateway")
        let failure = ODBCFailure(-1, [ODBCDiagnostic(state: state, native: native, text: text)])
        return ServerFailure(
            failure, at: address, during: "SELECT 1", ODBCDatabase.Options(), isConnected: isConnected, hiding: secret)
    }

    /// The same number and the same state mean other things on other engines.
    @Test(arguments: [
        (ServerAddress.Family.mysql, "HY000", Int32(1205), StoreError.Code.busy, false),
        (.sqlserver, "40001", 1205, .busy, true), (.mysql, "40001", 1213, .busy, true),
        (.mysql, "HY000", 1020, .busy, true), (.mysql, "23000", 1062, .constraint, false),
        (.mysql, "22001", 1406, .tooLong, false), (.mysql, "42S01", 1050, .exists, false),
        (.mysql, "42000", 1061, .exists, false), (.mysql, "45000", 1644, .constraint, false),
        (.mysql, "HY000", 1290, .readOnly, false), (.mysql, "HY000", 1114, .full, false),
        (.mysql, "08S01", 2013, .connection, true), (.mysql, "08S01", 1153, .tooLong, false),
        (.mysql, "HY000", 2002, .connection, false), (.mysql, "28000", 1045, .permission, false),
        (.mysql, "42000", 1142, .permission, false), (.mysql, "HY000", 2057, .busy, true),
        (.mysql, "42S02", 1146, .other, false), (.postgresql, "23505", 1, .constraint, false),
        (.postgresql, "22001", 1, .tooLong, false), (.postgresql, "40P01", 1, .busy, true),
        (.postgresql, "40001", 1, .busy, true), (.postgresql, "55P03", 1, .busy, false),
        (.postgresql, "57014", 1, .busy, false), (.postgresql, "25006", 1, .readOnly, false),
        (.postgresql, "53100", 1, .full, false), (.postgresql, "57P01", 1, .connection, true),
        (.postgresql, "57P03", 1, .connection, false), (.postgresql, "08S01", 35, .connection, true),
        (.postgresql, "0A000", 1, .busy, true), (.postgresql, "42501", 1, .permission, false),
        (.postgresql, "42P07", 1, .exists, false), (.postgresql, "42P01", 1, .other, false),
        (.postgresql, "P0001", 1, .constraint, false), (.sqlserver, "23000", 2627, .constraint, false),
        (.sqlserver, "42000", 50001, .constraint, false), (.sqlserver, "HY000", 1222, .busy, false),
        (.sqlserver, "42000", 3906, .readOnly, false), (.sqlserver, "42000", 40613, .connection, true),
        (.sqlserver, "42000", 40544, .full, false), (.sqlserver, "42S01", 2714, .exists, false),
        (.sqlserver, "HYT00", 0, .busy, false), (.sqlserver, "28000", 18456, .permission, false),
    ])
    func whatAnEnginesErrorMeans(
        _ family: ServerAddress.Family, _ state: String, _ native: Int32, _ code: StoreError.Code, _ runsAgain: Bool
    ) {
        let failure = error(family, state, native)
        #expect(failure.error.code == code)
        #expect(failure.mayRunAgain == runsAgain)
    }

    @Test func whyPostgreSQLIsNotReachedStandsInTheText() {
        func code(_ text: String) -> StoreError.Code { error(.postgresql, "08001", 101, text).error.code }
        #expect(code("FATAL:  password authentication failed for user \"certway\"") == .permission)
        #expect(code("FATAL:  database \"certway\" does not exist") == .permission)
        #expect(code("connection refused") == .connection)
        #expect(error(.postgresql, "08001", 101, "SSL error: certificate verify failed").kind == .certificate)
        // The word alone is no trouble with a certificate.
        #expect(error(.postgresql, "42P01", 1, "relation \"certificates\" does not exist").kind == .schema)
    }

    @Test(arguments: ServerAddress.Family.allCases) func aMissingDriverIsNamedWithItsPackage(
        _ family: ServerAddress.Family
    ) {
        let failure = error(family, "01000", 0, "[unixODBC][Driver Manager]Can't open lib 'x' : file not found")
        #expect(failure.error.code == .driverMissing)
        #expect(failure.error.message.contains(ConnectionText.driver(family).name))
        #expect(failure.error.message.contains("install"))
    }

    @Test(arguments: ServerAddress.Family.allCases) func aDriverWithoutWordsHasLostItsConnection(
        _ family: ServerAddress.Family
    ) {
        #expect(ServerFailureTable.of(family).kind([]) == .lost)
    }

    @Test func aConnectionThatBreaksHasNoWrongCertificate() {
        #expect(error(.mysql, "HY000", 2026).kind == .certificate)
        #expect(error(.mysql, "HY000", 2026, isConnected: true).kind == .lost)
    }

    @Test func noErrorRepeatsTheSecret() {
        let failure = error(.mysql, "28000", 1045, "Access denied (pwd=hunter2)", secret: "hunter2")
        #expect("\(failure.error)\(failure.error.detail ?? "")".contains("hunter2") == false)
        #expect(failure.error.detail?.contains("Access denied") == true)
    }

    /// Each says what happened, and what is to be done now.
    @Test(arguments: ServerAddress.Family.allCases) func eachRuleHasASourceAndIsReached(_ family: ServerAddress.Family)
    {
        let table = ServerFailureTable.of(family)
        for (place, rule) in table.rules.enumerated() {
            #expect(!rule.source.isEmpty)
            let diagnostic =
                switch rule.sign {
                case .native(let number): ODBCDiagnostic(state: "HY000", native: number, text: "")
                case .state(let state):
                    ODBCDiagnostic(state: state.padding(toLength: 5, withPad: "9", startingAt: 0), native: 0, text: "")
                case .text(let state, let text): ODBCDiagnostic(state: state, native: 0, text: text)
                }
            let first = table.rules.firstIndex { $0.matches(diagnostic) }
            #expect(
                table.rules[first ?? 0].kind == rule.kind, "rule \(place) of \(family): \(rule.sign) is never reached")
        }
    }
}
