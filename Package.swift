// swift-tools-version: 6.2
// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Host, connector modules and tools. No package from outside: ConnectorKit is ours, in the nested folder, and is a
// package of its own so that host and modules share it as one dynamic library (docs/decisions/0001).
// Targets stand in the order in which data flows; imports point upwards only.

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
let connectorKit = Target.Dependency.product(name: "ConnectorKit", package: "ConnectorKit")
/// The conformance kit, for what runs it and nothing else.
let connectorTesting = Target.Dependency.product(name: "ConnectorTesting", package: "ConnectorTesting")

/// A room under Sources/.
func room(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: [connectorKit] + dependencies, path: "Sources/\(name)", exclude: exclude,
        swiftSettings: strict)
}

/// A program under Sources/.
func program(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .executableTarget(
        name: name, dependencies: [connectorKit] + dependencies, path: "Sources/\(name)", exclude: exclude,
        swiftSettings: strict)
}

/// The door to a C library, with the Debian package that brings it.
func door(_ name: String, apt package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", providers: [.apt([package])])
}

/// A connector module: a folder under Plugins/, a shared library the host opens at run time.
/// SwiftPM looks for its own plug-ins in Plugins/; the explicit path keeps ours apart.
func connectorModule(_ folder: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(
        name: "\(folder)Plugin", dependencies: [connectorKit] + dependencies, path: "Plugins/\(folder)",
        exclude: ["README.md"] + exclude,
        swiftSettings: strict)
}

/// Tests of one room; fixtures are read from the source folder, so they are not the build's business.
/// All tests become one program, where every module brings the entry function that must have the same name in each;
/// nobody calls it there, so the linker may take any.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: [connectorKit, "TestSupport"] + dependencies, path: "Tests/\(name)", exclude: exclude,
        swiftSettings: strict, linkerSettings: [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "muldefs"])])
}

let package = Package(
    name: "Certway",
    products: [
        .executable(name: "certway", targets: ["certway"]),
        .executable(name: "certway-sandbox", targets: ["certway-sandbox"]),
        .library(name: "connector-rest", type: .dynamic, targets: ["RESTPlugin"]),
        .library(name: "connector-soap", type: .dynamic, targets: ["SOAPPlugin"]),
        .library(name: "connector-cmc", type: .dynamic, targets: ["CMCPlugin"]),
        .library(name: "connector-adcs", type: .dynamic, targets: ["ADCSPlugin"]),
        .library(name: "connector-external", type: .dynamic, targets: ["ExternalPlugin"]),
        .library(name: "connector-local-ca", type: .dynamic, targets: ["LocalCAPlugin"]),
    ],
    dependencies: [.package(path: "Sources/ConnectorKit"), .package(path: "Sources/ConnectorKit/ConnectorTesting")],
    targets: [
        door("CSQLite", apt: "libsqlite3-dev"),
        door("CODBC", apt: "unixodbc-dev"),
        door("CMicroHTTPD", apt: "libmicrohttpd-dev"),
        door("CSpawn", apt: "libc6-dev"),
        .target(name: "CWipingHeap", path: "Sources/CWipingHeap"),
        door("CResolv", apt: "libc6-dev"),
        door("CZlib", apt: "zlib1g-dev"),
        door("CMailCurl", apt: "libcurl4-openssl-dev"),
        door("CLDAP", apt: "libldap-dev"),

        room("SimulatedTime", []),
        room("MicrosoftGraph", []),
        room("ExchangeOnline", ["MicrosoftGraph"]),
        room("MailTransport", ["CMailCurl"]),
        room("Rules", ["CResolv"]),
        room("Store", []),
        room("StoreSQLite", ["CSQLite", "Store"]),
        room("StoreODBC", ["CODBC", "Store"]),
        room("ThrowAwayServers", ["Store"]),
        room("Records", ["Store"]),
        room("Ledger", ["Records", "Store"]),
        room("Directory", ["ExchangeOnline", "MicrosoftGraph", "Ledger", "Store"]),
        room("KeyHoldings", ["Directory", "Ledger", "Store"]),
        room("KeyArchival", []),
        room("KeyVault", ["MicrosoftGraph", "KeyArchival"]),
        room("Delivery", ["MicrosoftGraph"]),
        room("HTTPServing", ["CMicroHTTPD"]),
        room(
            "Settings",
            [
                "MailTransport", "MicrosoftGraph", "Delivery", "HTTPServing", "KeyVault", "KeyArchival", "Ledger",
                "Records", "Rules",
            ]),
        room(
            "Publication",
            ["CLDAP", "ExchangeOnline", "MicrosoftGraph", "Ledger", "Records", "Settings", "Store"]),
        room("SignIn", ["MicrosoftGraph", "Records", "Settings", "Store"]),
        room("HandOver", ["Records", "SignIn", "Store"]),
        room("DeliveryProof", ["Delivery", "Ledger", "MicrosoftGraph", "Store"]),
        room("Drift", ["Delivery", "DeliveryProof", "KeyHoldings", "Ledger"]),
        room(
            "Notification",
            ["Directory", "Ledger", "MailTransport", "MicrosoftGraph", "Records", "Sentences", "Settings", "Store"]),
        room("Recoveries", ["HandOver", "Ledger", "Notification", "Records", "Store"]),
        room("ConnectorHost", ["Settings"]),
        room("Names", ["Settings", "Directory"]),
        room(
            "Planning",
            [
                "Names", "Records", "Rules", "Settings", "Directory", "ConnectorHost", "KeyHoldings", "Ledger", "Store",
                "Delivery",
            ]),
        room(
            "Fulfilment",
            [
                "Planning", "Settings", "Notification", "ConnectorHost", "Directory", "KeyHoldings", "Ledger", "Store",
                "KeyArchival", "Delivery",
            ]),
        room("CommandInterface", []),
        room("Sentences", []),
        room(
            "Gateway",
            [
                "KeyVault", "Recoveries",
                "ConnectorHost", "Publication", "Delivery", "DeliveryProof", "Directory", "ExchangeOnline", "HandOver",
                "KeyHoldings",
                "Names",
                "Planning", "Fulfilment",
                "KeyArchival", "Ledger",
                "MicrosoftGraph", "Notification", "Records", "Rules", "Sentences",
                "Settings", "SignIn", "SimulatedTime", "Store", "StoreODBC", "StoreSQLite",
            ]),
        room(
            "Administration",
            [
                "KeyHoldings", "KeyVault", "Recoveries",
                connectorTesting, "Publication", "ExchangeOnline", "ConnectorHost", "Delivery", "DeliveryProof",
                "Directory", "Drift", "HandOver", "Names",
                "Planning", "Fulfilment",
                "Gateway", "KeyArchival",
                "Ledger", "MailTransport",
                "MicrosoftGraph", "Notification", "Records", "Rules", "Settings", "SignIn", "Store", "StoreSQLite",
            ]),
        // The files of the browser are read at run time, as connectors.d is.
        room("WebConsole", ["CZlib", "HTTPServing"], exclude: ["README.md", "Resources"]),
        room(
            "AdminAPI",
            [
                "KeyHoldings", "KeyVault", "Recoveries",
                connectorTesting, "Administration", "CommandInterface", "ConnectorHost", "Delivery", "DeliveryProof",
                "Directory",
                "Drift", "Fulfilment", "Gateway",
                "HandOver", "Publication", "HTTPServing", "KeyArchival", "Ledger", "MicrosoftGraph", "Names",
                "Notification",
                "Planning",
                "Records", "Rules", "Sentences",
                "Settings",
                "SignIn", "SimulatedTime", "Store", "WebConsole",
            ]),
        program(
            "certway",
            [
                "KeyVault", "Recoveries",
                connectorTesting, "AdminAPI", "Administration", "HTTPServing", "WebConsole", "CommandInterface",
                "ConnectorHost", "Publication", "Delivery", "DeliveryProof", "Directory", "Drift", "HandOver",
                "KeyHoldings", "Names", "Planning", "Fulfilment",
                "CWipingHeap", "Gateway", "KeyArchival", "Ledger", "MicrosoftGraph", "Notification", "Records", "Rules",
                "Sentences", "Settings",
                "SignIn", "SimulatedTime", "Store", "ThrowAwayServers",
            ]),
        program("certway-sandbox", ["CommandInterface", "HTTPServing", "SimulatedTime"], exclude: ["README.md"]),
        .executableTarget(
            name: "certway-benchmark",
            dependencies: [
                connectorKit, "Administration", "CommandInterface", "ConnectorHost", "Delivery", "Gateway",
                "HTTPServing",
                "KeyArchival", "Ledger", "Planning", "Settings", "Store", "StoreODBC", "StoreSQLite",
                "ThrowAwayServers",
            ], path: "Benchmarks/certway-benchmark", swiftSettings: strict),

        connectorModule("REST"),
        connectorModule("SOAP"),
        connectorModule("CMC"),
        connectorModule("ADCS"),
        connectorModule("External", ["CSpawn"], exclude: ["example"]),
        connectorModule("LocalCA"),

        .target(
            name: "TestSupport",
            dependencies: [connectorKit, "CSpawn", "Store", "StoreODBC", "StoreSQLite", "ThrowAwayServers"],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests("ConnectorKitTests", []),
        tests("XMLDocumentsTests", []),
        tests("ConformanceTests", [connectorTesting, "HTTPServing", "RESTPlugin", "LocalCAPlugin"]),
        tests("PKIXTests", [], exclude: ["Fixtures", "cmc-judge.py", "pkits.json"]),
        tests("HTTPTransportTests", ["HTTPServing"]),
        tests("HTTPServingTests", ["HTTPServing", "ThrowAwayServers"]),
        tests("RESTPluginTests", ["RESTPlugin", "HTTPServing"], exclude: ["Fixtures"]),
        tests("SOAPPluginTests", ["SOAPPlugin", "HTTPServing"], exclude: ["Fixtures"]),
        tests("CMCPluginTests", ["CMCPlugin", "HTTPServing"]),
        tests("ADCSPluginTests", ["ADCSPlugin"], exclude: ["Fixtures", "Servers"]),
        tests("ExternalPluginTests", ["ExternalPlugin"]),
        tests("LocalCAPluginTests", ["LocalCAPlugin"]),
        tests("StoreODBCTests", ["Ledger", "Store", "StoreODBC", "ThrowAwayServers"]),
        tests("RecordsTests", ["Records", "Store"], exclude: ["chain-judge.py"]),
        tests("LedgerTests", ["Ledger", "Records", "StoreSQLite"]),
        tests(
            "MicrosoftGraphTests",
            [
                "MicrosoftGraph", "Publication", "Settings", "ExchangeOnline", "Directory", "Delivery", "Ledger",
                "Store", "HTTPServing",
            ]),
        tests("RulesTests", ["Rules"], exclude: ["Fixtures"]),
        tests("SettingsTests", ["Settings", "Store"]),
        tests("SignInTests", ["SignIn", "MicrosoftGraph", "Records", "Settings", "Store"]),
        tests("HandOverTests", ["HandOver", "Records", "SignIn", "Store"]),
        tests(
            "PublicationTests",
            [
                "Publication", "ExchangeOnline", "MicrosoftGraph", "HTTPServing", "Ledger", "Records", "Settings",
                "Store",
            ],
            exclude: ["ldap-judge.py"]),
        tests(
            "NotificationTests",
            [
                "Directory", "Ledger", "MailTransport", "MicrosoftGraph", "Notification", "Records", "Sentences",
                "Settings", "Store",
            ]),
        tests("DriftTests", ["Delivery", "DeliveryProof", "Drift", "KeyHoldings", "Ledger", "Store"]),
        tests("DeliveryProofTests", ["Delivery", "DeliveryProof", "Ledger", "MicrosoftGraph", "Store"]),
        tests("ConnectorHostTests", ["ConnectorHost"]),
        tests("EnrollmentTests", ["KeyHoldings", "Names", "Planning", "Fulfilment", "Rules", "Store"]),
        tests("CommandInterfaceTests", ["CommandInterface"]),
        tests("GatewayTests", ["Gateway"]),
        tests(
            "AdministrationTests",
            [
                "AdminAPI", "Drift", "HandOver", "KeyArchival", "KeyHoldings", "Notification", "Recoveries",
                "Administration", "Gateway", "HTTPServing", "Names", "Planning", "Fulfilment", "Ledger",
                "ConnectorHost", "Delivery", "MicrosoftGraph", "Records", "Rules", "Settings", "Store",
            ],
            exclude: ["Fixtures"]),
        tests(
            "KeyArchivalTests", ["KeyArchival", "KeyVault", "HTTPServing", "MicrosoftGraph"],
            exclude: ["archive-judge.py"]),
        tests(
            "AdminAPITests",
            [
                "AdminAPI", "Administration", "Drift", "Fulfilment", "Gateway", "HTTPServing", "Ledger",
                "MicrosoftGraph", "Planning", "Sentences", "Settings",
                "Store",
            ]),
        tests("WebConsoleTests", ["HTTPServing", "WebConsole"], exclude: ["resources-judge.py"]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                connectorKit, "RESTPlugin", "SOAPPlugin", "CMCPlugin", "ADCSPlugin", "ExternalPlugin", "LocalCAPlugin",
                "SignIn",
            ],
            path: "Fuzz/FuzzTargets", swiftSettings: strict),
        tests("FuzzTests", ["FuzzTargets"]),
        tests("SandboxTests", ["HTTPServing"], exclude: ["Fixtures", "Judges"]),
        tests(
            "EndToEndTests", ["DeliveryProof", "Drift", "Store", "ThrowAwayServers"],
            exclude: [
                "api-judge.py", "console-signin.py", "core-image.py", "judge.py", "people.json", "schema-judge.py",
                "hand-over.py", "mail-judge.py", "maildir-judge.py", "simulation-judge.py", "webhook-receiver.py",
                "ten-mistakes.yaml",
            ]),
    ]
)

// libFuzzer brings a main of its own, so its program is only there when Scripts/fuzz asks for it.
if Context.environment["CERTWAY_FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "certway-fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/certway-fuzz",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [
                .unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "muldefs"])
            ]))
}
