// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A full file system of its own, in a name space of its own.
enum SmallDisk {
    static var isPossible: Bool { get async { (try? await run("true"))?.status == 0 } }

    /// Runs a script with `$DISK`, a folder on a file system without a free page, and `$CERTWAY`.
    static func run(_ script: String) async throws -> Run {
        let folder = try TemporaryFolder()
        let setUp = """
            set -e
            mount -t tmpfs -o size=16k,mode=700 tmpfs "$DISK"
            mkdir "$DISK/r"
            head -c 100000 /dev/zero > "$DISK/filler" 2>/dev/null || true
            set +e
            """
        let program =
            FileManager.default.isWritableFile(atPath: "/proc/sys/kernel/hostname")
            ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--mount"]
        return try await Run.program(
            "/usr/bin/env", program + ["bash", "-c", setUp + "\n" + script],
            environment: ["DISK": folder.path, "CERTWAY": BuiltPrograms.path("certway")])
    }
}
