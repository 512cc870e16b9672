// swift-tools-version: 6.2
// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// The conformance kit: for `certway ca conformance` and for the tests of a module of your own, never inside ConnectorKit. A
// package of its own, for the reason that ConnectorKit is one: in that package its library would carry a copy of the contract.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
]

let package = Package(
    name: "ConnectorTesting",
    products: [.library(name: "ConnectorTesting", type: .dynamic, targets: ["ConnectorTesting"])],
    dependencies: [.package(path: "..")],
    targets: [
        .target(
            name: "ConnectorTesting", dependencies: [.product(name: "ConnectorKit", package: "ConnectorKit")],
            path: ".", swiftSettings: strict)
    ]
)
