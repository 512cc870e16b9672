// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Programs by others that no Debian package has; `Scripts/bootstrap --tests` puts them into the cache folder.
public enum Judges {
    /// Where the program is; its name alone when it is not in the folder, for PATH to find.
    public static func path(_ program: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
        let installed = "\(cache)/certway/judges/bin/\(program)"
        return FileManager.default.isExecutableFile(atPath: installed) ? installed : program
    }
}
