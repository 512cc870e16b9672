// swift-tools-version: 6.2
// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// What a connector module compiles against, as one dynamic library. It is a package of its own because SwiftPM links
// targets of the same package statically: host and module would each carry a copy, and their types would not match.
// For the same reason the conformance kit in ConnectorTesting is a package of its own.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
]

/// A room of the kit.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: name, swiftSettings: strict)
}

/// The door to a C library, with the Debian package that brings it.
func door(_ name: String, apt package: String, pkgConfig: String? = nil) -> Target {
    .systemLibrary(name: name, path: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
    name: "ConnectorKit",
    products: [
        .library(
            name: "ConnectorKit", type: .dynamic,
            targets: [
                "ConnectorKit", "ProfileOperations", "PKIX", "HTTPTransport", "Expressions", "XMLDocuments",
                "YAMLDocuments", "JSONDocuments", "Secrets",
            ])
    ],
    targets: [
        door("COpenSSL", apt: "libssl-dev"),
        door("CGnuTLS", apt: "libgnutls28-dev"),
        door("CCurl", apt: "libcurl4-openssl-dev"),
        door("CJQ", apt: "libjq-dev"),
        door("CYAML", apt: "libyaml-dev"),
        door("CXML2", apt: "libxml2-dev", pkgConfig: "libxml-2.0"),
        .target(name: "CConnectorModule", path: "CConnectorModule"),
        .target(name: "CCMCSyntax", dependencies: ["COpenSSL"], path: "CCMCSyntax"),
        room("Secrets", ["COpenSSL"]),
        room("JSONDocuments", ["CJQ"]),
        room("YAMLDocuments", ["CYAML", "JSONDocuments"]),
        room("Expressions", ["CJQ", "JSONDocuments", "YAMLDocuments"]),
        room("XMLDocuments", ["CXML2", "Expressions", "JSONDocuments", "YAMLDocuments"]),
        room("PKIX", ["CCMCSyntax", "COpenSSL", "CGnuTLS", "Secrets"]),
        room("HTTPTransport", ["CCurl", "JSONDocuments", "Secrets"]),
        room(
            "ConnectorKit",
            ["CConnectorModule", "PKIX", "HTTPTransport", "Expressions", "YAMLDocuments", "JSONDocuments", "Secrets"]),
        room(
            "ProfileOperations",
            ["ConnectorKit", "PKIX", "HTTPTransport", "Expressions", "YAMLDocuments", "JSONDocuments", "Secrets"]),
    ]
)
