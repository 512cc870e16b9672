// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The wall clock of a program under test, moved by libfaketime. Sleeping and the monotonic clock stay as they are, as when
/// somebody sets the clock of a machine.
struct GatewayClock {
    struct Missing: Error, CustomStringConvertible {
        let description = "there is no libfaketime, which moves the clock in tests: run Scripts/bootstrap --tests"
    }

    /// libfaketime moves the times of timerfd_settime(2), too, whatever their clock: what Swift lets sleep would wake at
    /// once, or never. This hands them on as they are.
    private static let timers = """
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>
        int timerfd_settime(int timer, int flags, const struct itimerspec *new, struct itimerspec *old) {
            return (int)syscall(SYS_timerfd_settime, timer, flags, new, old);
        }
        """

    private let folder: TemporaryFolder
    private let libraries: String

    init() async throws {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        let candidates = folders.map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
        guard let found = candidates.first(where: FileManager.default.fileExists) else { throw Missing() }
        folder = try TemporaryFolder()
        let (source, library) = (try folder.write(Self.timers, to: "timers.c"), folder.path("timers.so"))
        let made = try await Run.tool("clang", ["-shared", "-fPIC", "-o", library, source])
        try #require(made.status == 0, "\(made.errors)")
        libraries = "\(library):\(found)"
    }

    /// What a program needs in its environment to live so many seconds later, or earlier.
    func moved(by seconds: Int) -> [String: String] {
        [
            "LD_PRELOAD": libraries, "FAKETIME": Self.text(seconds), "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// The same for a running program: it looks into the file, where `move` writes, at every call.
    func movable(_ file: String) throws -> [String: String] {
        try Self.move(file, by: 0)
        var environment = moved(by: 0)
        environment["FAKETIME"] = nil
        environment["FAKETIME_TIMESTAMP_FILE"] = file
        environment["FAKETIME_NO_CACHE"] = "1"
        return environment
    }

    static func move(_ file: String, by seconds: Int) throws {
        try "\(text(seconds))\n".write(toFile: file, atomically: true, encoding: .utf8)
    }

    private static func text(_ seconds: Int) -> String { "\(seconds < 0 ? "" : "+")\(seconds)" }
}
