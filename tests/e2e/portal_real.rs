//! A real client's portal connection. The capture is not ours to distribute, so it is not in the repository.

use crate::common::{self, Look};

const CAPTURE: &str = "real-2025-portal-connect.pcap";

#[test]
fn a_real_connect_is_read_to_its_last_element() {
    let Some(capture) = common::shared_data(CAPTURE) else {
        println!("skipped: no {CAPTURE} in ../shared/data or $GW2_SHARED_DATA");
        return;
    };
    let tshark = common::tshark();
    let names = [
        "_ws.col.Protocol",
        "_ws.col.Info",
        "gw2.portal.kind",
        "gw2.portal.method",
        "gw2.portal.version",
    ];
    let rows = Look::at(&tshark, &capture)
        .filter("gw2.portal.path == \"/Sts/Connect\"")
        .fields(&names);
    assert_eq!(rows, [["GW2-Portal", "MSG /Sts/Connect", "2", "P", "1.0"]]);

    let tree = Look::at(&tshark, &capture)
        .filter("gw2.portal")
        .arguments(&["-V", "-O", "gw2.portal,xml"])
        .run();
    for element in [
        "<Connect>",
        "<ConnType>",
        "<ProductType>",
        "<Program>",
        "<Build>",
        "<Process>",
    ] {
        assert!(
            tree.stdout.contains(element),
            "the XML tree lacks {element}:\n{}",
            tree.stdout
        );
    }
    assert_eq!(
        Look::at(&tshark, &capture)
            .filter("gw2.portal && xml")
            .frames()
            .len(),
        1
    );
    assert_eq!(
        Look::at(&tshark, &capture)
            .filter("_ws.expert.severity >= \"Error\" && gw2")
            .frames(),
        [0_u32; 0]
    );
}
