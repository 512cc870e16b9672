// swift-tools-version: 6.2
// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A connector module of your own: copy this folder to where you like, point the dependency at ConnectorKit, and build.

let package = Package(
    name: "ExampleConnector",
    // The host looks for libconnector-<kind>.so.
    products: [.library(name: "connector-example", type: .dynamic, targets: ["ExamplePlugin"])],
    dependencies: [.package(path: "../../Sources/ConnectorKit")],
    targets: [
        .target(
            name: "ExamplePlugin", dependencies: [.product(name: "ConnectorKit", package: "ConnectorKit")],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ])
