// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Synchronization
import YAMLDocuments

/// Opens connector modules at run time, each once, from the modules folder.
public final class ModuleLoader: Sendable {
    /// Folders searched in order for `libconnector-<kind>.so`.
    public let folders: [String]
    private let loaded: Mutex<[ConnectorKind: any CertificateAuthorityConnector.Type]>

    /// - Parameter linked: connector types that are part of the program itself; no file is looked for.
    public init(folders: [String], linked: [any CertificateAuthorityConnector.Type] = []) {
        self.folders = folders
        loaded = Mutex(Dictionary(linked.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The folders of an installed program: where the program lies, and `../lib/certway/modules` beside it.
    public static var standardFolders: [String] {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "."
        let folder = URL(filePath: program).deletingLastPathComponent()
        return [folder.appending(path: "../lib/certway/modules").standardized.path, folder.path]
    }

    /// The connector type for `kind`.
    ///
    /// - Throws: `ModuleError` in one sentence that says what to rebuild; the operator must act. Modules of other kinds
    ///   are not affected.
    public func connectorType(for kind: ConnectorKind) throws(ModuleError) -> any CertificateAuthorityConnector.Type {
        try loaded.withLock { loaded throws(ModuleError) in
            if let type = loaded[kind] { return type }
            let type = try open(kind).connectorType
            loaded[kind] = type
            return type
        }
    }

    /// The kinds for which a file lies in a folder.
    public var availableKinds: [ConnectorKind] {
        var names: Set<String> = []
        for folder in folders {
            for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                guard file.hasPrefix(Self.prefix), file.hasSuffix(Self.suffix) else { continue }
                names.insert(String(file.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)))
            }
        }
        return names.sorted().map(ConnectorKind.init(rawValue:))
    }

    private static let prefix = "libconnector-"
    private static let suffix = ".so"

    private func open(_ kind: ConnectorKind) throws(ModuleError) -> ConnectorModule {
        let candidates = folders.map { "\($0)/\(Self.prefix)\(kind.rawValue)\(Self.suffix)" }
        guard let path = candidates.first(where: FileManager.default.fileExists(atPath:)) else {
            let kinds = availableKinds.map(\.rawValue)
            throw ModuleError(
                kind: .missing,
                message: "no connector module of kind \"\(kind)\" in \(folders.joined(separator: " or "))"
                    + (kinds.isEmpty
                        ? "; build with 'swift build' or set --modules"
                        : nearest(kind.rawValue, in: kinds).map { "; did you mean \"\($0)\"?" }
                            ?? "; there are: \(kinds.joined(separator: ", "))"))
        }
        try ModuleFile(path: path).check()
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw ModuleError(
                kind: .notLoadable,
                message: "connector module \(path): \(dlerror().map { String(cString: $0) } ?? "dlopen failed"); "
                    + "rebuild it against this version's ConnectorKit")
        }
        guard let symbol = dlsym(handle, ConnectorModule.entryPoint) else {
            throw ModuleError(
                kind: .foreign,
                message: "connector module \(path): no function \(ConnectorModule.entryPoint); see Plugins/README.md")
        }
        typealias EntryPoint = @convention(c) () -> UnsafeMutableRawPointer
        // The marker has proved that the module was built against this interface, where this is the function's type.
        let module = ConnectorModule.take(unsafeBitCast(symbol, to: EntryPoint.self)())
        guard module.connectorType.kind == kind else {
            throw ModuleError(
                kind: .foreign,
                message: "connector module \(path): the connector inside is of kind \"\(module.connectorType.kind)\", "
                    + "the file name says \"\(kind)\"")
        }
        // Never closed: Swift metadata of a library must outlive every value made from it.
        return module
    }
}
