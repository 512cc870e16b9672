// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation

/// A connector module as a file, examined before anything of it runs.
///
/// `dlopen` maps a truncated library and the process dies with SIGBUS when it touches the missing part, and a library
/// built against another interface fails with the mangled name of a symbol. Both are told apart here, by reading.
struct ModuleFile {
    let path: String

    /// - Throws: `ModuleError`; a module that passes was made by this compiler for this interface, and nobody else may change it.
    func check() throws(ModuleError) {
        do {
            try TrustedPath.ofThisProcess.check(path, as: .shared)
        } catch {
            throw ModuleError(kind: .distrusted, message: "connector module: \(error)")
        }
        guard let bytes = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
            throw ModuleError(
                kind: .missing,
                message: "connector module not found: \(path) (build it, or set --modules to the folder that holds it)")
        }
        try checkComplete(bytes)
        try checkMarker(bytes)
    }

    /// Every part the ELF headers promise lies inside the file.
    private func checkComplete(_ bytes: Data) throws(ModuleError) {
        let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
        guard bytes.prefix(4).elementsEqual(magic) else {
            throw ModuleError(
                kind: .foreign, message: "connector module \(path): not a shared library (no ELF header); rebuild it")
        }
        let truncated = ModuleError(
            kind: .truncated,
            message: "connector module \(path): the file is cut short at \(bytes.count) bytes; copy or build it again")
        guard let header = bytes.value(at: 0, as: Elf64_Ehdr.self) else { throw truncated }
        guard header.e_machine == currentMachine else {
            throw ModuleError(
                kind: .foreign, message: "connector module \(path): built for another processor; rebuild it here")
        }
        let size = UInt64(bytes.count)
        // Subtracting from the size keeps the sums of a damaged header from running over.
        guard header.e_phoff <= size, header.e_shoff <= size,
            size - header.e_shoff >= UInt64(header.e_shnum) * UInt64(header.e_shentsize)
        else { throw truncated }
        for index in 0..<Int(header.e_phnum) {
            let offset = Int(header.e_phoff) + index * Int(header.e_phentsize)
            guard let segment = bytes.value(at: offset, as: Elf64_Phdr.self), segment.p_offset <= size,
                size - segment.p_offset >= segment.p_filesz
            else { throw truncated }
        }
    }

    /// The marker of CConnectorModule.h is there and says what ours says.
    private func checkMarker(_ bytes: Data) throws(ModuleError) {
        let ours = String(cString: certway_module_marker())
        let prefix = String(ours.prefix { $0 != ";" }) + ";"
        guard let start = bytes.range(of: Data(prefix.utf8))?.lowerBound,
            let end = bytes[start...].firstIndex(of: 0), end - start < 1000
        else {
            throw ModuleError(
                kind: .foreign,
                message: "connector module \(path): a shared library, but not a Certway connector module")
        }
        let found = String(decoding: bytes[start..<end], as: UTF8.self)
        guard found != ours else { return }
        let theirVersion = Self.field("interface", of: found)
        let ourVersion = Self.field("interface", of: ours)
        if theirVersion != ourVersion {
            throw ModuleError(
                kind: .otherInterface,
                message: "connector module \(path): built for connector interface \(theirVersion), this host has "
                    + "\(ourVersion); rebuild the module against this version's ConnectorKit")
        }
        throw ModuleError(
            kind: .otherCompiler,
            message: "connector module \(path): built with \(Self.field("compiler", of: found)), this host with "
                + "\(Self.field("compiler", of: ours)); rebuild the module with the host's compiler")
    }

    static func field(_ name: String, of marker: String) -> String {
        let parts = marker.split(separator: ";")
        return parts.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) } ?? "?"
    }

    private var currentMachine: UInt16 {
        #if arch(x86_64)
            UInt16(EM_X86_64)
        #else
            UInt16(EM_AARCH64)
        #endif
    }
}

extension Data {
    /// A copy of the plain C value at `offset`; nil when it does not lie inside.
    fileprivate func value<Value: BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value? {
        guard offset >= 0, offset <= count, count - offset >= MemoryLayout<Value>.size else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }
}
