// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CWipingHeap
import CommandInterface
import Foundation
import Secrets

/// Keeps the program's memory to itself. Linking CWipingHeap has what is freed erased; this adds the rest.
enum MemoryProtection {
    /// Lets a test read the memory of a program built for debugging, which stops itself just before its end; others do not
    /// know it.
    static let allowance = "CERTWAY_ALLOW_DUMPS"

    /// To be called before the first secret is read, and before OpenSSL does anything.
    static func begin() {
        SecretMemory.prepare()
        // GnuTLS and OpenSSL write the secrets of every TLS session into the file that this names.
        unsetenv("SSLKEYLOGFILE")
        #if DEBUG
            if ProcessInfo.processInfo.environment[allowance] != nil {
                certway_allow_tracing()
                Program.atEnd { _ = raise(SIGSTOP) }
                return
            }
        #endif
        let problem = certway_forbid_dumps()
        guard problem != 0 else { return }
        Terminal.complain("certway: memory can be dumped: \(String(cString: strerror(problem)))")
    }
}
