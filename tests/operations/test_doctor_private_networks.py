"""What the doctor knows of the networks around this machine."""

from chatsite.operations.doctor.private_networks import gateways, gateways_of, leads_inside

TABLE = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010012AC	0003	0	0	0	00000000	0	0	0
eth0	000012AC	00000000	0001	0	0	0	0000FFFF	0	0	0
wg0	00000000	00000000	0001	0	0	0	00000000	0	0	0
"""


def test_the_gateway_of_a_container_is_read_from_its_routes():
    assert gateways_of(TABLE) == ["172.18.0.1"]
    assert gateways_of(TABLE.splitlines()[0]) == gateways_of("") == []
    assert all("." in each for each in gateways())


def test_an_address_is_where_it_leads_and_this_machine_is_no_network():
    assert leads_inside("10.1.2.3") and leads_inside("fd00::1")
    assert not leads_inside("9.9.9.9") and not leads_inside("127.0.0.1") and not leads_inside("localhost")


def test_a_name_that_leads_nowhere_leads_not_inside():
    assert not leads_inside("nowhere.invalid") and not leads_inside("a" * 300) and not leads_inside("..")
