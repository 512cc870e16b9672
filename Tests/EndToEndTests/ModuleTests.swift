// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import TestSupport
import Testing

/// Connector modules as files: a foreign one loads, a wrong one is refused in one sentence, and the others go on.
@Suite(.timeLimit(.minutes(10))) struct ModuleTests {
    /// A gateway with a local CA and a second backend CA whose module is `kind`.
    private static let configuration = """
        backendCAs:
          - {name: own, connector: local-ca, acceptedRoots: FOLDER/ca/root.pem, settings: {directory: FOLDER/ca}}
          - {name: other, connector: example, acceptedRoots: FOLDER/ca/root.pem}
        """

    /// As it stands in every module's file.
    private static let interface = ";interface=\(CERTWAY_CONNECTOR_INTERFACE_VERSION);"

    private static let profile = """
        connector: example
        title: Example connector
        module: example
        environments: {production: "https://ca.example.test"}
        """

    /// Applies the configuration and checks both backend CAs with modules from `modules`.
    private func check(_ folder: TemporaryFolder) async throws -> Run {
        let common = [
            "--home", "\(folder.path)/home", "--modules", "\(folder.path)/modules", "--connectors", folder.path,
        ]
        try folder.write(Self.profile, to: "example.yaml")
        let made = try await Run.certway(["ca", "create", "\(folder.path)/ca", "--key", "p256"] + common)
        try #require(made.status == 0, "\(made.errors)")
        let file = try folder.write(Self.configuration.replacing("FOLDER", with: folder.path), to: "certway.yaml")
        let applied = try await Run.certway(["apply", "-f", file] + common)
        try #require(applied.status == 0, "\(applied.errors)")
        #expect(applied.errors.contains("connector: other can do nothing"), "\(applied.errors)")
        return try await Run.certway(["ca", "check"] + common)
    }

    /// The REST module's file, changed, as module of kind `example`.
    private func check(changing change: (Data) -> Data?) async throws -> Run {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/modules", withIntermediateDirectories: true)
        let original = try Data(contentsOf: URL(filePath: BuiltPrograms.path("libconnector-rest.so")))
        if let changed = change(original) {
            try changed.write(to: URL(filePath: "\(folder.path)/modules/libconnector-example.so"))
        }
        let run = try await check(folder)
        #expect(run.status == 1)
        #expect(run.output.contains("own: ok"), "the other backend CA must go on: \(run.output) \(run.errors)")
        return run
    }

    /// Changes a text inside a library without changing its size.
    private func replace(_ old: String, _ new: String, in library: Data) throws -> Data {
        var library = library
        var found = 0
        while let range = library.range(of: Data(old.utf8)) {
            library.replaceSubrange(range, with: Data(new.utf8))
            found += 1
        }
        try #require(found > 0 && old.utf8.count == new.utf8.count)
        return library
    }

    @Test func missing() async throws {
        let run = try await check { _ in nil }
        #expect(run.output.contains("no connector module of kind \"example\""), "\(run.output)")
    }

    @Test(arguments: [0.2, 0.5, 0.9, 0.999])
    func truncated(share: Double) async throws {
        let run = try await check { $0.prefix(Int(Double($0.count) * share)) }
        #expect(run.output.contains("cut short"), "\(run.output)")
    }

    @Test func notALibrary() async throws {
        let run = try await check { _ in Data("#!/bin/sh\n".utf8) }
        #expect(run.output.contains("not a shared library"), "\(run.output)")
    }

    @Test func foreignLibrary() async throws {
        let path = try #require(
            try await Run.tool("bash", ["-c", "ldconfig -p | awk '/libsqlite3.so.0 /{print $NF; exit}'"]).output
                .split(separator: "\n").first)
        let run = try await check { _ in try? Data(contentsOf: URL(filePath: String(path))) }
        #expect(run.output.contains("not a Certway connector module"), "\(run.output)")
    }

    @Test func otherInterface() async throws {
        let other = String(String(CERTWAY_CONNECTOR_INTERFACE_VERSION).map { $0 == "9" ? "8" : "9" })
        let run = try await check { try? replace(Self.interface, ";interface=\(other);", in: $0) }
        #expect(run.output.contains("built for connector interface \(other), this host has"), "\(run.output)")
    }

    @Test func otherCompiler() async throws {
        let run = try await check { try? replace(";compiler=Clang", ";compiler=Clong", in: $0) }
        #expect(run.output.contains("rebuild the module with the host's compiler"), "\(run.output)")
    }

    @Test func otherKindInside() async throws {
        let run = try await check { $0 }
        #expect(run.output.contains("of kind \"rest\""), "\(run.output)")
    }

    /// The template package, copied out of the repository and built by itself: shares types with the host.
    @Test func builtOutside() async throws {
        let folder = try TemporaryFolder()
        let package = folder.path("package")
        try FileManager.default.copyItem(atPath: "\(BuiltPrograms.repository)/Plugins/Template", toPath: package)
        let manifest = try String(contentsOfFile: "\(package)/Package.swift", encoding: .utf8)
        try folder.write(
            manifest.replacing("../../Sources", with: "\(BuiltPrograms.repository)/Sources"),
            to: "package/Package.swift")
        let configuration = BuiltPrograms.folder.hasSuffix("release") ? "release" : "debug"
        let build = try await Run.tool("swift", ["build", "-c", configuration, "--package-path", package])
        try #require(build.status == 0, "\(build.output.suffix(2000)) \(build.errors.suffix(2000))")
        let common = [
            "--home", folder.path("home"), "--modules", "\(package)/.build/\(configuration)", "--connectors", package,
        ]
        let validated = try await Run.certway(["connector", "validate", "\(package)/example.yaml"] + common)
        #expect(validated.status == 0, "\(validated.output) \(validated.errors)")
        try await SkeletonCheck(kind: "example", options: Array(common.dropFirst(2))).run()
        let made = try await Run.certway(
            [
                "ca", "create", folder.path("ca"), "--key", "p256", "--connectors",
                "\(BuiltPrograms.repository)/connectors.d",
            ])
        try #require(made.status == 0, "\(made.errors)")
        let file = try folder.write(
            """
            backendCAs:
              - {name: example, connector: example, acceptedRoots: \(folder.path)/ca/root.pem, settings: {folder: \(folder.path)/ca}}
            """, to: "certway.yaml")
        try #require(try await Run.certway(["apply", "-f", file] + common).status == 0)
        let run = try await Run.certway(["ca", "check"] + common)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("example: ok, CN=Certway Local CA"), "\(run.output)")

        let proved = try await Run.certway(
            [
                "ca", "conformance", "example", "--domain", "example.test", "--orders", "500", "--concurrent", "40",
                "--patience", "5",
            ] + common
                + ["--output", "json"])
        #expect(proved.status == 0, "\(proved.output) \(proved.errors)")
        let passed = try proved.json["checks"]?.array?.filter { $0["verdict"] == "passed" }.count ?? 0
        #expect(passed > 20, "\(proved.output)")
    }
}
