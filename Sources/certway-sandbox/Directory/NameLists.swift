// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Names as people write them, with the form that mail addresses take.
enum NameLists {
    static let givenNames = pairs(
        """
        Ada Jürgen=juergen Zoë=zoe André=andre Łukasz=lukasz Søren=soeren Ana Björn=bjoern Chloé=chloe Dieter Élodie=elodie \
        François=francois Gül=guel Hélène=helene Ingrid Jiří=jiri Käthe=kaethe Lena Małgorzata=malgorzata Noah \
        Özlem=oezlem Paul Quentin René=rene Sara Thibault Uğur=ugur Víctor=victor Wiebke Xenia Yannick Zdeněk=zdenek \
        Åsa=asa Ben Carla David Emil Fatma Greta Hannes
        """)
    static let surnames = pairs(
        """
        Lovelace Müller=mueller O'Hara=o'hara Grünwald=gruenwald Šimek=simek Østergård=oestergaard Núñez=nunez \
        D'Angelo=d'angelo Weiß=weiss Königsberg=koenigsberg Çelik=celik Ångström=angstroem Dvořák=dvorak Kowalska \
        Björnsdóttir=bjoernsdottir Schäfer=schaefer Lefèvre=lefevre Vögeli=voegeli Krüger=krueger Gärtner=gaertner \
        Becker Fischer Hoffmann Koch Richter Wolf Neumann Schwarz Zimmermann Braun Hartmann Lange Werner Krause Lehmann \
        Köhler=koehler Maier Walter Huber Kaiser Fuchs Peters Scholz Möller=moeller Weber Jung Hahn Schubert Vogel \
        Friedrich Keller Günther=guenther Frank Berger Winkler Roth Beck Lorenz Baumann Franke
        """)

    private static func pairs(_ text: String) -> [(name: String, ascii: String)] {
        text.split(separator: " ").map { word in
            let parts = word.split(separator: "=").map(String.init)
            return (parts[0], parts.last?.lowercased() ?? "")
        }
    }
}
