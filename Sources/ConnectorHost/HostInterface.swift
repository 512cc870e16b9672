// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// What connector modules must have been built for, to be loaded by this host.
public enum HostInterface {
    /// The connector interface's number.
    public static var version: String { field("interface") }
    /// The compiler, as it names itself.
    public static var compiler: String { field("compiler") }

    private static func field(_ name: String) -> String {
        ModuleFile.field(name, of: String(cString: certway_module_marker()))
    }
}
